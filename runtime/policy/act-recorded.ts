/** What cannot be recorded is not done: every reading and writing of records around an act goes through here. */
import { reasonOf } from '../core/errors.ts';
import { ActNotRecordedError, ForeignCauseError } from './act-errors.ts';

/**
 * @param action the name of the act
 * @param what says what is missing when `work` fails: "its decision cannot be recorded"
 * @throws ActNotRecordedError, ForeignCauseError
 */
export async function recorded<T>(action: string, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ForeignCauseError) throw cause;
    throw new ActNotRecordedError(action, `${what}: ${reasonOf(cause)}`, { cause });
  }
}

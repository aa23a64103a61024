/** Wraps every read or write of records around an act: an act that cannot be recorded is not executed. */
import { reasonOf } from '../core/errors.ts';
import { ActNotRecordedError, ForeignCauseError } from './act-errors.ts';

/**
 * Runs `work`; turns its failure into `ActNotRecordedError`.
 * @param action the name of the act
 * @param what what is missing when `work` fails, such as "its decision cannot be recorded"
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

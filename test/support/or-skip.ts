/** Skips tests that need a program which the machine lacks. */
import { reasonOf } from '../../runtime/core/errors.ts';

/** A test, or a hook before it. */
export interface Skippable {
  skip(note: string): never;
}

/** Skips a test whose requirement is missing here, with a note; in CI it fails instead, because CI may skip no test. */
export async function orSkip<T>(test: Skippable, needed: Promise<T>): Promise<T> {
  try {
    return await needed;
  } catch (error) {
    if (process.env.CI !== undefined) throw error;
    const note = `NOT TESTED: ${reasonOf(error)}`;
    process.stderr.write(`${note}\n`);
    return test.skip(note);
  }
}

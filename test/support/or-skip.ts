/** What a machine may lack. */
import { reasonOf } from '../../runtime/core/errors.ts';

/** A test, or a hook before it. */
export interface Skippable {
  skip(note: string): never;
}

/** Skips a test that needs what cannot be had here, and says so; in CI it fails: nothing is skipped there. */
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

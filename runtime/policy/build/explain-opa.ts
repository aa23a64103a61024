/** Words a failure of `opa` for the author of the rules. */
import { join } from 'node:path';
import { OpaFailedError } from './opa-program.ts';
import { PolicyFolderError } from './policy-folder.ts';

/** @returns the error, with files named as the working directory sees them, or what an entry point is; others as they are */
export function explained(error: unknown, folder: string): unknown {
  if (!(error instanceof OpaFailedError)) return error;
  if (error.output.includes('does not refer to a rule')) {
    const why = 'has no entry point: rules named "contributions" in "package parley.policy"';
    return new PolicyFolderError(folder, `${why}; write "contributions contains {…} if …"`, error);
  }
  const place = /(^|\s)([\w./-]+\.(?:rego|json):\d+)/g;
  const placed = error.output.replace(place, (_all, before: string, at: string) => `${before}${join(folder, at)}`);
  return new OpaFailedError(error.word, placed, error);
}

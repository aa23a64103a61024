/** `npm run policies:check`: runs the policies' own tests, then checks that the committed bundle is what they compile to. */
import { reasonOf } from '../../runtime/core/errors.ts';
import { findOrInstallOpa } from '../../runtime/policy/build/opa-program.ts';
import { checkPolicies } from './check-policies.ts';

try {
  for (const line of await checkPolicies(await findOrInstallOpa({ exact: true }))) process.stdout.write(`${line}\n`);
} catch (error) {
  process.stderr.write(`error: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}

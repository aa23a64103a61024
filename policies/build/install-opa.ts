/** `npm run policies:opa`: installs the `opa` command if it is missing. */
import { findOrInstallOpa } from '../../runtime/policy/build/opa-program.ts';

process.stdout.write(`${await findOrInstallOpa({ exact: true })}\n`);

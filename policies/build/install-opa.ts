/** `npm run policies:opa`: installs the `opa` command if it is missing. */
import { findOrInstallOpa } from './opa.ts';

process.stdout.write(`${await findOrInstallOpa()}\n`);

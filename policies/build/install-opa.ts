/** `npm run policies:opa`: makes sure that the `opa` command is there. */
import { findOrInstallOpa } from './opa.ts';

process.stdout.write(`${await findOrInstallOpa()}\n`);

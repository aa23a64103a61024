/** `npm run policies:build`: compiles the policies into `policies/bundle`, which is committed. */
import { reasonOf } from '../../runtime/core/errors.ts';
import { compilePolicy, openPolicyFolder, writeBundleFolder } from '../../runtime/policy/build/index.ts';
import { findOrInstallOpa } from '../../runtime/policy/build/opa-program.ts';
import { policies } from './check-policies.ts';

try {
  const compiled = await compilePolicy(await findOrInstallOpa({ exact: true }), await openPolicyFolder(policies));
  const [wasm] = await writeBundleFolder(policies, compiled);
  process.stdout.write(`${wasm}: ${compiled.wasm.length} bytes, SHA-256 ${compiled.manifest.wasm}\n`);
} catch (error) {
  process.stderr.write(`error: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}

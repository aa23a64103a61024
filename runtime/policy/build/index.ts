/** What builds and tests policies: for commands alone, a node needs none of it. */
export { compilePolicy } from './compile-policy.ts';
export { findOpa, findOrInstallOpa, versionOfOpa } from './opa-program.ts';
export { openPolicyFolder } from './policy-folder.ts';
export { writeStarter } from './starter.ts';
export { isOutdated, type PolicyTest, testPolicy } from './test-policy.ts';
export { writeBundleFolder, writePackedBundle } from './write-bundle.ts';

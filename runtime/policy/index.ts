/** The public names of `parley-runtime/policy`: policies in Rego, evaluated in this process. */
export type { PolicySource } from './bundle.ts';
export type { PolicyEngine } from './policy-engine.ts';
export { PolicyBundleError } from './policy-errors.ts';
export { loadPolicy, type PolicyOptions } from './wasm-engine.ts';

/** Names the built-in functions that compiled rules borrow from their host. */
import type { LoadedPolicy } from '@open-policy-agent/opa-wasm';

/** Those that the library has. OPA compiles all others into WebAssembly, except those that need a clock, a network or keys. */
const provided: ReadonlySet<string> = new Set([
  'json.is_valid',
  'regex.split',
  'sprintf',
  'yaml.is_valid',
  'yaml.marshal',
  'yaml.unmarshal',
]);

/** The part of an instance that is needed here: OPA's binary interface. */
interface Instance {
  readonly exports: {
    readonly builtins: () => number;
    readonly opa_json_dump: (address: number) => number;
  };
}

/** @returns names, such as `sprintf` */
export function borrowedFunctions({ wasmInstance, mem }: LoadedPolicy): readonly string[] {
  const { builtins, opa_json_dump } = (wasmInstance as unknown as Instance).exports;
  const from = opa_json_dump(builtins());
  const bytes = new Uint8Array(mem.buffer);
  const text = new TextDecoder().decode(bytes.subarray(from, bytes.indexOf(0, from)));
  return Object.keys(JSON.parse(text) as object);
}

/** A rule that calls another one would fail at every evaluation. */
export const isProvided = (name: string): boolean => provided.has(name);

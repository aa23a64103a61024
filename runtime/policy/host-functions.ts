/** Finds the built-in functions that compiled rules borrow from their host, and that the host lacks. */
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

/** @returns names, such as `time.now_ns`; a rule that calls one would fail at every evaluation */
export function missingFunctions({ wasmInstance, mem }: LoadedPolicy): readonly string[] {
  const { builtins, opa_json_dump } = (wasmInstance as unknown as Instance).exports;
  const from = opa_json_dump(builtins());
  const bytes = new Uint8Array(mem.buffer);
  const text = new TextDecoder().decode(bytes.subarray(from, bytes.indexOf(0, from)));
  return Object.keys(JSON.parse(text) as object).filter((name) => !provided.has(name));
}

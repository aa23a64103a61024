/**
 * Makes compiled rules count their steps, so that an evaluation ends: every function and every turn of a loop takes one from an
 * exported counter, and the module traps below zero. The count depends on rules, data and input alone, not on time or machine.
 */
import {
  headerBytes,
  importKind,
  loopOpcode,
  section,
  sectionOrder,
  UnknownWasmError,
  WasmReader,
} from './wasm-reader.ts';

/** The exported global. A new instance has `mostSteps`. */
export const stepsExport = 'parley_steps';
export const mostSteps: number = 2 ** 31 - 1;

interface Section {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** A module with a counter. */
export interface CountingModule {
  readonly wasm: Uint8Array;
  /** What it declares of the memory that it imports, in pages of 64 KiB: with less it does not start. */
  readonly pages: number;
}

/** @throws UnknownWasmError for instructions that are not known */
export function countingSteps(wasm: Uint8Array): CountingModule {
  const sections = sectionsOf(wasm);
  const { globals, pages } = importsOf(sections);
  const counter = globals + lengthOf(sections, section.global);
  const global = Uint8Array.of(0x7f, 0x01, 0x41, ...leb(mostSteps), 0x0b);
  const name = Buffer.from(stepsExport);
  const exported = Uint8Array.of(name.length, ...name, 0x03, ...leb(counter));
  const counting = appended(appended(sections, section.global, global), section.export, exported).map((one) =>
    one.id === section.code ? { ...one, bytes: countingBodies(one.bytes, stepOf(counter)) } : one,
  );
  const parts = counting.map(({ id, bytes }) => [Uint8Array.of(id, ...leb(bytes.length)), bytes]);
  return { wasm: Buffer.concat([wasm.subarray(0, headerBytes), ...parts.flat()]), pages };
}

function sectionsOf(wasm: Uint8Array): readonly Section[] {
  const reader = new WasmReader(wasm, headerBytes);
  const found: Section[] = [];
  while (reader.at < wasm.length) {
    const [id, size] = [reader.byte(), reader.number()];
    if (reader.at + size > wasm.length) throw new UnknownWasmError('a section that is cut short', reader.at);
    found.push({ id, bytes: wasm.subarray(reader.at, reader.at + size) });
    reader.at += size;
  }
  return found;
}

const lengthOf = (sections: readonly Section[], id: number): number => {
  const bytes = sections.find((one) => one.id === id)?.bytes;
  return bytes === undefined ? 0 : new WasmReader(bytes, 0).number();
};

interface Imports {
  readonly globals: number;
  readonly pages: number;
}

function importsOf(sections: readonly Section[]): Imports {
  const bytes = sections.find(({ id }) => id === section.import)?.bytes;
  let [globals, pages] = [0, 0];
  if (bytes === undefined) return { globals, pages };
  const reader = new WasmReader(bytes, 0);
  for (let left = reader.number(); left > 0; left--) {
    reader.skipName();
    reader.skipName();
    const kind = reader.byte();
    if (kind === importKind.table) reader.skipNumbers(1);
    if (kind === importKind.table || kind === importKind.memory) {
      const hasMaximum = (reader.number() & 1) === 1;
      const minimum = reader.number();
      if (kind === importKind.memory) pages = minimum;
      reader.skipNumbers(hasMaximum ? 1 : 0);
    } else reader.skipNumbers(kind === importKind.global ? 2 : 1);
    if (kind === importKind.global) globals++;
  }
  return { globals, pages };
}

/** Appends an entry to a list that is a section, which is made where there is none. */
function appended(sections: readonly Section[], id: number, entry: Uint8Array): readonly Section[] {
  const at = sections.findIndex((one) => one.id === id);
  const old = sections[at]?.bytes ?? Uint8Array.of(0);
  const reader = new WasmReader(old, 0);
  const count = leb(reader.number() + 1);
  const bytes = Buffer.concat([Uint8Array.from(count), old.subarray(reader.at), entry]);
  if (at >= 0) return sections.with(at, { id, bytes });
  const order = sectionOrder.indexOf(id);
  const after = sections.findIndex((one) => sectionOrder.indexOf(one.id) > order);
  return sections.toSpliced(after < 0 ? sections.length : after, 0, { id, bytes });
}

/** Takes one from the counter; traps below zero. */
function stepOf(counter: number): Uint8Array {
  const [get, set] = [
    [0x23, ...leb(counter)],
    [0x24, ...leb(counter)],
  ];
  const less = [0x41, 0x01, 0x6b];
  const trapBelowZero = [0x41, 0x00, 0x48, 0x04, 0x40, 0x00, 0x0b];
  return Uint8Array.of(...get, ...less, ...set, ...get, ...trapBelowZero);
}

function countingBodies(code: Uint8Array, step: Uint8Array): Uint8Array {
  const reader = new WasmReader(code, 0);
  const count = reader.number();
  const parts: Uint8Array[] = [Uint8Array.from(leb(count))];
  for (let n = 0; n < count; n++) {
    const size = reader.number();
    const body = countingBody(code.subarray(reader.at, reader.at + size), step);
    reader.at += size;
    parts.push(Uint8Array.from(leb(body.length)), body);
  }
  return Buffer.concat(parts);
}

function countingBody(body: Uint8Array, step: Uint8Array): Uint8Array {
  const reader = new WasmReader(body, 0);
  for (let locals = reader.number(); locals > 0; locals--) reader.skipNumbers(2);
  const parts = [body.subarray(0, reader.at), step];
  let from = reader.at;
  while (reader.at < body.length) {
    if (reader.instruction() !== loopOpcode) continue;
    parts.push(body.subarray(from, reader.at), step);
    from = reader.at;
  }
  parts.push(body.subarray(from));
  return Buffer.concat(parts);
}

/** An unsigned number in LEB128; also a signed one, where it is positive and its highest group leaves the sign free. */
function leb(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) | 0x80);
  }
}

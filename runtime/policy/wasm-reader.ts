/** Reads WebAssembly's binary format: numbers, sections, instructions (webassembly.github.io/spec/core/binary). */

/** A module holds something that is not known here, and so cannot be counted. */
export class UnknownWasmError extends Error {
  constructor(what: string, at: number) {
    super(`it has ${what} at byte ${at}`);
    this.name = 'UnknownWasmError';
  }
}

/** Sections in the order of the format, by id. */
export const section = { import: 2, global: 6, export: 7, code: 10 } as const;
export const sectionOrder: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];
export const importKind = { table: 0x01, memory: 0x02, global: 0x03 } as const;
export const headerBytes = 8;

/** `loop`, the one way back to what was executed before, beside a call. */
export const loopOpcode = 0x03;

/** Opcodes with what follows them: so many numbers. Those of memory have two. */
const numbersAfter: ReadonlyMap<number, number> = new Map([
  ...[0x02, 0x03, 0x04, 0x0c, 0x0d, 0x10, 0x12].map((opcode) => [opcode, 1] as const),
  ...[0x11, 0x13].map((opcode) => [opcode, 2] as const),
  ...range(0x20, 0x26).map((opcode) => [opcode, 1] as const),
  ...range(0x28, 0x3e).map((opcode) => [opcode, 2] as const),
  ...[0x3f, 0x40, 0x41, 0x42, 0xd0, 0xd2].map((opcode) => [opcode, 1] as const),
  ...[0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1, ...range(0x45, 0xc4)].map((opcode) => [opcode, 0] as const),
]);

/** The same for what follows 0xfc: conversions, memory and tables in bulk. */
const numbersAfterPrefix: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

export class WasmReader {
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const value = this.#bytes[this.at];
    if (value === undefined) throw new UnknownWasmError('its end', this.at);
    this.at++;
    return value;
  }

  /** An unsigned number in LEB128, of at most 32 bits. */
  number(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new UnknownWasmError('a number of more than 32 bits', this.at);
  }

  /** Skips numbers in LEB128, signed or not, of any length. */
  skipNumbers(count: number): void {
    for (let n = 0; n < count; n++) while (this.byte() >= 0x80);
  }

  skipName(): void {
    const length = this.number();
    this.at += length;
  }

  /** Skips an instruction. @returns its opcode */
  instruction(): number {
    const from = this.at;
    const opcode = this.byte();
    const count = numbersAfter.get(opcode);
    if (count !== undefined) this.skipNumbers(count);
    else if (opcode === 0x0e) this.skipNumbers(this.number() + 1);
    else if (opcode === 0x1c) this.skipNumbers(this.number());
    else if (opcode === 0x43) this.at += 4;
    else if (opcode === 0x44) this.at += 8;
    else if (opcode === 0xfc) this.skipNumbers(this.#afterPrefix(from));
    else throw new UnknownWasmError(`an unknown instruction 0x${opcode.toString(16)}`, from);
    return opcode;
  }

  #afterPrefix(from: number): number {
    const opcode = this.number();
    const count = numbersAfterPrefix[opcode];
    if (count === undefined) throw new UnknownWasmError(`an unknown instruction 0xfc ${opcode}`, from);
    return count;
  }
}

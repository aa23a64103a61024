/** Reads and writes tar archives of a few plain files: POSIX ustar, 512-byte blocks, sizes in octal. */

const block = 512;
const empty = Buffer.alloc(block);

/** Fields of a header: where they begin, and their length. */
const field = {
  name: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  kind: [156, 1],
  magic: [257, 8],
} as const;

/** @param files by name; without dates and owners, so that equal files give equal bytes */
export function writeTar(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts = Object.entries(files).flatMap(([name, bytes]) => [
    headerOf(name, bytes.length),
    bytes,
    empty.subarray(0, paddingAfter(bytes.length)),
  ]);
  return Buffer.concat([...parts, empty, empty]);
}

function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(block);
  const put = ([at]: readonly [number, number], text: string): void => void header.write(text, at, 'latin1');
  const octal = (value: number, length: number): string => value.toString(8).padStart(length - 1, '0');
  put(field.name, name);
  put(field.mode, octal(0o644, 8));
  put(field.owner, octal(0, 8));
  put(field.group, octal(0, 8));
  put(field.size, octal(size, 12));
  put(field.modified, octal(0, 12));
  put(field.kind, '0');
  put(field.magic, 'ustar\0' + '00');
  put(field.checksum, `${octal(checksumOf(header), 7)}\0 `);
  return header;
}

/** @returns the plain files by name, without a leading `/` or `./`. @throws Error for bytes that are no archive */
export function readTar(bytes: Buffer): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let at = 0;
  while (at + block <= bytes.length) {
    const header = bytes.subarray(at, at + block);
    if (header.equals(empty)) return files;
    const text = ([from, length]: readonly [number, number]): string =>
      header.toString('utf8', from, from + length).split('\0')[0] ?? '';
    const [checksum, size] = [field.checksum, field.size].map((one) => Number.parseInt(text(one), 8));
    if (checksum !== checksumOf(header)) throw new Error(`the header at byte ${at} is none of an archive`);
    const [from, to] = [at + block, at + block + (size ?? Number.NaN)];
    if (!(to <= bytes.length)) throw new Error(`the file at byte ${at} is cut short`);
    const kind = text(field.kind);
    if (kind === '0' || kind === '') files.set(text(field.name).replace(/^\.?\//, ''), bytes.subarray(from, to));
    at = to + paddingAfter(to - from);
  }
  throw new Error('the archive is cut short');
}

/** The sum of the bytes of a header, whose checksum counts as spaces. */
function checksumOf(header: Buffer): number {
  const [from, length] = field.checksum;
  let sum = length * 0x20;
  for (const [at, byte] of header.entries()) if (at < from || at >= from + length) sum += byte;
  return sum;
}

const paddingAfter = (size: number): number => (block - (size % block)) % block;

/** The smallest input that still fails: parts are left out, then bytes are made plain, as long as tries and time last. */

export interface ShrinkLimits {
  readonly tries: number;
  /** Asked before each try. */
  readonly isOver: () => boolean;
}

export async function shrink(
  input: Buffer,
  fails: (input: Buffer) => Promise<boolean>,
  { tries, isOver }: ShrinkLimits,
): Promise<Buffer> {
  let smallest = input;
  let left = tries;
  const attempt = async (candidate: Buffer): Promise<boolean> => {
    if (left-- <= 0 || isOver() || !(await fails(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (let size = Math.ceil(smallest.length / 2); size >= 1 && left > 0 && !isOver(); size = Math.floor(size / 2)) {
    for (let at = 0; at < smallest.length && left > 0; ) {
      const without = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (!(await attempt(without))) at += size;
    }
  }
  for (let at = 0; at < smallest.length && left > 0 && !isOver(); at++) {
    if (smallest[at] === plain) continue;
    const plainer = Buffer.from(smallest);
    plainer[at] = plain;
    await attempt(plainer);
  }
  return smallest;
}

const plain = 0x61;

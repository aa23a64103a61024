/** Whether a number keeps the value that its decimal text has: `JSON.parse` rounds without a word. */

/** From here on the numbers of this language have gaps: below it every whole number is kept. */
const gapsFrom = 2 ** 53;

/**
 * A fraction is rounded to the nearest that there is, as everywhere. From 2^53 on the value must be kept, or be the one that this
 * language itself writes for the nearest, in whatever spelling. None may become 0 or endless.
 * @param token a number as JSON writes it
 */
export function keepsValue(token: string, number: number): boolean {
  if (!Number.isFinite(number)) return false;
  if (number === 0) return !/^[^eE]*[1-9]/.test(token);
  if (Math.abs(number) < gapsFrom) return true;
  const given = decimalOf(token);
  const written = decimalOf(String(number));
  if (given.digits === written.digits && given.exponent === written.exponent) return true;
  return given.exponent >= 0 && BigInt(given.digits + '0'.repeat(given.exponent)) === BigInt(Math.abs(number));
}

interface Decimal {
  /** Without zeros at either end. */
  readonly digits: string;
  /** The value is `digits` × 10^exponent. */
  readonly exponent: number;
}

/** The value of a number as JSON writes it, without its sign. */
function decimalOf(token: string): Decimal {
  const [mantissa = '', power = '0'] = token.replace(/^-/, '').split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  let [start, end] = [0, all.length];
  while (all[start] === '0') start++;
  while (end > start && all[end - 1] === '0') end--;
  return { digits: all.slice(start, end), exponent: Number(power) - fraction.length + (all.length - end) };
}

/** Tells whether a number keeps the value of its decimal text: `JSON.parse` rounds silently. */

/** From here on JavaScript numbers have gaps; below, every whole number is exact. */
const gapsFrom = 2 ** 53;

/**
 * Fractions are rounded to the nearest number, as everywhere. From 2^53 on the value must be exact, or be the one that
 * JavaScript itself writes for the nearest number, in any spelling. A non-zero value must not become 0 or infinite.
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
  /** Digits without leading and trailing zeros. */
  readonly digits: string;
  /** The value is `digits` × 10^exponent. */
  readonly exponent: number;
}

/** Reads the value of a JSON number, without its sign. */
function decimalOf(token: string): Decimal {
  const [mantissa = '', power = '0'] = token.replace(/^-/, '').split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const all = whole + fraction;
  let [start, end] = [0, all.length];
  while (all[start] === '0') start++;
  while (end > start && all[end - 1] === '0') end--;
  return { digits: all.slice(start, end), exponent: Number(power) - fraction.length + (all.length - end) };
}

/** A duration as people write it. */

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** At most two units: `1 h 4 min`, `2.5 s`, `12 ms`. */
export function durationText(ms: number): string {
  const at = units.findIndex(([, size]) => ms >= size);
  const [name, size] = units[at] ?? ['ms', 1];
  if (size === 1 || size === 1_000) return `${Math.round((10 * ms) / size) / 10} ${name}`;
  const [smaller, part] = units[at + 1] ?? ['s', 1_000];
  const whole = Math.floor(ms / size);
  const rest = Math.floor((ms - whole * size) / part);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${smaller}`;
}

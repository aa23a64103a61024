/** Versions of nats-server, compared by their first two numbers. */

export type ServerVersion = readonly [number, number];

/** An unreadable version is older than any. */
export function olderThan(version: string, oldest: ServerVersion): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10) || 0);
  return major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
}

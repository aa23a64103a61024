/** What `parley doctor` says of the stores that nodes may share: each is asked, nothing is made. */
import { type Finding, firstLine } from './finding.ts';

/** @param url `DATABASE_URL`. @param versionAt asks the database that is there */
export async function databaseFinding(
  url: string | undefined,
  versionAt: (url: string) => Promise<string>,
): Promise<Finding> {
  const what = 'Postgres';
  if (url === undefined) {
    const follows = '"npm start" keeps episodes and traces in PGlite, in the data folder';
    return { what, state: 'lacking', found: 'DATABASE_URL is not set', follows };
  }
  try {
    return { what, state: 'good', found: await versionAt(url), follows: 'episodes and traces are kept there' };
  } catch (error) {
    const follows = 'start it, or correct or unset DATABASE_URL: nothing that keeps episodes or traces starts';
    return { what, state: 'bad', found: firstLine(error), follows };
  }
}

/** @param url `REDIS_URL`. @param versionAt asks the Redis that is there: `7.0.15 at redis://127.0.0.1:6379` */
export async function redisFinding(
  url: string | undefined,
  versionAt: (url: string) => Promise<string>,
): Promise<Finding> {
  const what = 'Redis';
  if (url === undefined) {
    const follows = 'each node has an ingress bucket of its own; working and shared memory are in NATS';
    return { what, state: 'lacking', found: 'REDIS_URL is not set', follows };
  }
  try {
    const follows = 'ingress buckets are shared; "npm start" keeps working and shared memory there';
    return { what, state: 'good', found: await versionAt(url), follows };
  } catch (error) {
    const follows = 'start it, or correct or unset REDIS_URL: until then each node has an ingress bucket of its own';
    return { what, state: 'lacking', found: firstLine(error), follows };
  }
}

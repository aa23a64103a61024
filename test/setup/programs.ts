/**
 * Fetches, once for all test files, the programs that tests need and the machine may lack, so that no time limit of a test includes
 * a download or a compilation. The tests that need a missing program report it (`test/support/or-skip.ts`).
 */
import { reasonOf } from '../../runtime/core/errors.ts';
import { findOpa, findOrInstallOpa } from '../../runtime/policy/build/opa-program.ts';
import { type DebianProgram, debianProgram } from '../support/debian-program.ts';
import { oldNatsServer } from '../support/old-nats-server.ts';
import { postgresProgram } from '../support/postgres-server.ts';
import { pythonWithNats } from '../support/python.ts';
import { redisProgram } from '../support/redis-server.ts';

export default async function setup(): Promise<void> {
  await prepare('postgres', () => fetched(postgresProgram));
  await prepare('redis-server', () => fetched(redisProgram));
  await prepare('an old nats-server', () => fetched(oldNatsServer));
  await prepare('nats-py', pythonWithNats);
  // Go needs minutes to compile it: done only in CI, where no test may be skipped
  const find = process.env.CI === undefined ? findOpa : findOrInstallOpa;
  await prepare('opa', () => find({ exact: true }));
}

const fetched = async (program: DebianProgram): Promise<string> => (await debianProgram(program)).path;

async function prepare(name: string, make: () => Promise<string>): Promise<void> {
  await make().catch((error: unknown) => process.stderr.write(`${name} is missing: ${reasonOf(error)}\n`));
}

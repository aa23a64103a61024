/** What an embedded node without a log of its own says on standard error. In a process of its own. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runScript } from '../../support/command.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

async function errorsOf(...words: readonly string[]): Promise<readonly string[]> {
  const run = runScript('test/processes/node/fixtures/failing-agent.ts', [server.url, ...words]);
  expect(await run.ended).toBe(0);
  return run.errors;
}

it('A node without a log warns on standard error, a line each, and names file and line of an error', async () => {
  const errors = await errorsOf('default');
  expect(errors).toEqual([
    expect.stringMatching(/^parley: warn: agent failed \(agent=failing intent=\S+ attempt=1 reason="no luck"\)$/),
    expect.stringMatching(
      /^parley: error: agent failed, and does not try the intent again \(agent=failing .* reason="no luck" at=\/.*\/failing-agent\.ts:11\)$/,
    ),
    expect.stringMatching(/^parley: warn: dead letter \(.* reason="no luck"\)$/),
  ]);
});

it('A node with the silent log says nothing', async () => {
  expect(await errorsOf('quiet', 'silent')).toEqual([]);
});

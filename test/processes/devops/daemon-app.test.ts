/** The DevOps mesh as a daemon: agents negotiate, act under policy and leave traces, without any code but the app's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runScript } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';

interface Listed {
  readonly agent_id: string;
  readonly policy: { readonly effect: string };
}

it('The DevOps mesh runs as a daemon: its agents act, and their traces are listed', async () => {
  await using server = await startTestServer();
  const data = await mkdtemp(join(tmpdir(), 'parley-devops-'));
  onTestFinished(() => rm(data, { recursive: true, force: true, maxRetries: 10 }));
  const env = { NATS_URL: server.url, DATABASE_URL: '', PARLEY_MESH: 'ops', PARLEY_DATA: data };
  const parley = (...words: readonly string[]) => runScript('runtime/cli/parley.ts', words, env);
  const daemon = parley('run', 'actors/devops/app.ts');
  await daemon.line(/^ready/);
  expect(await parley('send', 'simulated_cloud', 'run', '--context', '{"every_ms":20,"ticks":60}').ended).toBe(0);
  const traces = async (): Promise<readonly Listed[]> => {
    const listing = parley('traces', 'list', '--json');
    await listing.ended;
    return listing.lines.map((line) => JSON.parse(line) as Listed);
  };
  let found: readonly Listed[] = [];
  await until('acts have been allowed and traced', async () => {
    found = await traces();
    return found.some(({ policy }) => policy.effect === 'allow');
  });
  expect(new Set(found.map(({ agent_id }) => agent_id.split('/')[0]))).toContain('resource');
  daemon.process.kill('SIGTERM');
  expect(await daemon.ended).toBe(0);
  expect(daemon.lines.at(-1)).toMatch(/^stopped: /);
});

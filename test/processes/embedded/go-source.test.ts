/** `go install`, with a Go that pretends: a real build takes minutes. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { goSource } from '../../../runtime/embedded/go-source.ts';
import { until } from '../../support/jetstream-rig.ts';
import { script, searchBench, tempFolder } from './workbench.ts';

async function withGo(...lines: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const folder = await tempFolder();
  await script(join(folder, 'go'), '[ "$1" = version ] && echo go version go1.26 && exit 0', ...lines);
  return { ...process.env, PATH: `${folder}:${process.env.PATH}` };
}

it('The Go source reports a missing Go', async () => {
  const { context } = await searchBench({ PATH: '/nowhere' });
  expect(await goSource().find(context)).toEqual({ reason: 'Go is not installed' });
});

it('The Go source builds into the cache', async () => {
  const env = await withGo(
    '[ "$1" = list ] && exit 0',
    'printf "#!/bin/sh\\necho nats-server: v2.15.1\\n" > "$GOBIN/nats-server" && chmod +x "$GOBIN/nats-server"',
  );
  const { context, said } = await searchBench(env);
  expect(await goSource().find(context)).toEqual({
    path: join(context.cacheDir, '2.15.1', 'nats-server'),
    version: '2.15.1',
  });
  expect(said).toEqual([expect.stringMatching(/building .*@v2\.15\.1 with go version go1\.26/)]);
});

it('The Go source gives the reason when Go is too old', async () => {
  const env = await withGo(
    '[ "$1" = list ] && exit 0',
    'echo "go: downloading x" >&2; echo "go: x@v2 requires go >= 1.25 (running go 1.19)" >&2; echo more >&2; exit 1',
  );
  const { context } = await searchBench(env);
  expect(await goSource().find(context)).toEqual({ reason: 'go: x@v2 requires go >= 1.25 (running go 1.19)' });
});

it('The Go source gives up a module proxy that does not answer within 15 s', async () => {
  const clock = new ManualClock();
  const { context } = await searchBench(await withGo('exec sleep 600'), clock);
  const answer = goSource().find(context);
  await until('it asks for the module', () => clock.nextIn() === 15_000);
  clock.advance(15_000);
  expect(await answer).toEqual({ reason: 'gave up after 15 s' });
  expect(clock.pending).toBe(0);
});

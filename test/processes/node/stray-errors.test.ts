/** A stray error in one agent is that agent's fault: the process and the other agents keep working. In a process of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningCommand, runScript } from '../../support/command.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

async function start(mesh = 'strays', ...more: readonly string[]): Promise<RunningCommand> {
  const run = runScript('test/processes/node/fixtures/stray-agents.ts', [server.url, mesh, ...more]);
  await run.line(/^ready/);
  return run;
}

const say = (run: RunningCommand, words: string): void => void run.process.stdin?.write(`${words}\n`);

describe('an agent with a stray error', () => {
  it.each([
    ['an unawaited tell that is refused', 'unawaited_tell'],
    ['in a timer', 'timer'],
    ['undefined', 'nothing'],
    ['a rejection without a reason', 'rejected_nothing'],
    ['an object without a text, later', 'later_unprintable'],
    ['after its intent was handled', 'late'],
  ])('An agent with a stray error is restarted: %s', async (_what, kind) => {
    const run = await start();
    say(run, `stray/a ${kind}`);
    await run.line(/^stray stray\/a$/);
    await run.line(/^restarted stray\/a$/);
    say(run, 'sound alert');
    await run.line(/^handled sound alert$/);
    say(run, 'stop');
    expect(await run.ended).toBe(0);
  });

  it.each(['timer_while_waiting', 'emitter'])(
    'An intent that would wait for ever after a stray error fails: %s',
    async (kind) => {
      const run = await start();
      say(run, `stray/a ${kind}`);
      await run.line(new RegExp(`^dead stray/a ${kind}$`));
      say(run, 'stop');
      expect(await run.ended).toBe(0);
    },
  );

  it.each(['unprintable', 'symbol', 'circle', 'thrown_getter'])(
    'A handler that throws %s fails as any other',
    async (kind) => {
      const run = await start();
      say(run, `stray/a ${kind}`);
      await run.line(new RegExp(`^dead stray/a ${kind}$`));
      say(run, 'sound alert');
      await run.line(/^handled sound alert$/);
      say(run, 'stop');
      expect(await run.ended).toBe(0);
    },
  );

  it('An agent with stray errors over one sender pauses that lane, and serves the others', async () => {
    const run = await start();
    for (let n = 0; n < 4; n++) say(run, 'stray/a timer');
    await run.line(/^lane_paused stray\/a client\//);
    say(run, 'sound alert');
    await run.line(/^handled sound alert$/);
    say(run, 'stop');
    expect(await run.ended).toBe(0);
  });
});

describe('200,000 stray errors of one handling', () => {
  it.each([
    ['unawaited tells', 'flood'],
    ['rejections', 'flood_of_rejections'],
    ['rejections after its end', 'late_flood'],
  ])(
    '200,000 stray errors of one handling (%s) are all counted, few are logged, and other agents keep working',
    async (_what, kind) => {
      const run = await start();
      say(run, `stray/a ${kind}`);
      await run.line(/^restarted stray\/a$/);
      say(run, 'sound beat');
      await run.line(/^handled sound beat$/);
      say(run, 'stop');
      const [, counted = ''] = await run.line(/^counted (\d+) strays/);
      expect(await run.ended).toBe(0);
      expect(Number(counted)).toBeGreaterThan(150_000);
      const lines = run.lines.filter((line) => line.startsWith('log '));
      expect(lines.length).toBeLessThan(100);
      expect(lines.join('\n')).toMatch(/"left_out":\d{5,}/);
    },
  );
});

describe('a stray error for the process', () => {
  it('A stray error of no agent ends the process with its stack', async () => {
    const run = await start('beside');
    say(run, 'beside');
    expect(await run.ended).toBe(1);
    expect(run.errors.join('\n')).toMatch(/Error: of no agent\n\s+at .*stray-agents.ts/);
  });

  it('A stray error ends the process with its stack when an option demands it', async () => {
    const run = await start('crashing', 'crash');
    say(run, 'stray/a timer');
    expect(await run.ended).toBe(1);
    expect(run.errors.join('\n')).toContain('Error: in a timer');
  });
});

import { describe, expect, it } from 'vitest';
import { devopsAgents } from '../../../actors/devops/app.ts';
import { type DevopsResult, runDevops } from '../../../actors/devops/run.ts';
import { Story } from '../../../actors/devops/story.ts';
import { generatedLoad } from '../../../actors/metrics/generated-load.ts';
import type { MetricsSeries } from '../../../actors/metrics/series.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { InMemoryMesh } from './in-memory-mesh.ts';

interface Rig {
  readonly clock: ManualClock;
  readonly mesh: InMemoryMesh;
  readonly lines: string[];
  readonly result: Promise<DevopsResult>;
}

function run(
  source: MetricsSeries,
  pace = { samplesPerSecond: 1e9 },
  prepare: (mesh: InMemoryMesh) => void = () => {},
): Rig {
  const clock = new ManualClock();
  const lines: string[] = [];
  const story = new Story((line) => lines.push(line), clock);
  const agents = devopsAgents({ events: story });
  const mesh = new InMemoryMesh(agents.all, clock, story);
  prepare(mesh);
  const result = runDevops({ agentsNode: mesh, monitor: agents.monitor, source, story, clock, pace });
  return { clock, mesh, lines, result };
}

describe('n planted spikes give n chains of three intents', () => {
  it.each([1, 2, 3, 7])('%i', async (spikes) => {
    const { mesh, lines, result, clock } = run(generatedLoad({ spikes, seed: 40 + spikes }));
    expect(await result).toMatchObject({ ok: true, ended: 'complete', spikes, chains: spikes, intents: 3 * spikes });
    expect(mesh.sent).toHaveLength(3 * spikes);
    for (const root of mesh.sent.filter((intent) => intent.parent_intent_id === null)) {
      const chain = mesh.sent.filter((intent) => intent.root_intent_id === root.intent_id);
      expect(chain.map((intent) => intent.intent_type)).toEqual(['investigate', 'optimize', 'scale']);
      expect(chain.map((intent) => intent.hops)).toEqual([0, 1, 2]);
    }
    expect(lines.filter((line) => line.startsWith('chain '))).toHaveLength(spikes);
    expect(lines.at(-1)).toBe(
      `${spikes} chain${spikes === 1 ? '' : 's'}, ${3 * spikes} intents, ${spikes} spike${spikes === 1 ? '' : 's'} in 2016 samples`,
    );
    expect(clock.pending).toBe(0);
  });
});

it('a flat series gives no chain, and says so', async () => {
  const { mesh, lines, result } = run(generatedLoad({ flat: true, samples: 300 }));
  expect(await result).toMatchObject({ ok: true, chains: 0, intents: 0, spikes: 0, samples: 300 });
  expect(mesh.sent).toEqual([]);
  expect(lines).toContain('no spike was found in 300 samples, so no intent was sent and there is no chain');
});

it('a spike that cannot be reported is in the result, and the run goes on', async () => {
  const { lines, result } = run(generatedLoad({ spikes: 2 }), undefined, (mesh) => {
    mesh.broken = new Error('the store is away');
  });
  expect(await result).toMatchObject({ ok: false, ended: 'complete', spikes: 2, chains: 0, samples: 2_016 });
  expect((await result).failures).toEqual(['the store is away', 'the store is away']);
  expect(lines.join('\n')).toContain('reporting the spike failed: the store is away');
  expect(lines).toContain('2 spikes found, but no intent could be sent, so there is no chain');
});

it('samples come at their pace', async () => {
  const { clock, lines, result } = run(generatedLoad({ flat: true, samples: 5 }), { samplesPerSecond: 10 });
  let steps = 0;
  for (; clock.pending > 0 || steps === 0; steps++) {
    clock.advance(clock.nextIn() ?? 0);
    for (let i = 0; i < 20; i++) await Promise.resolve();
  }
  expect((await result).ok).toBe(true);
  expect(clock.monotonic()).toBe(400);
  expect(lines.at(-1)).toContain('in 5 samples');
});

it('a node that stops ends the run', async () => {
  const { mesh, result } = run(generatedLoad({ samples: 100, spikes: 0 }), { samplesPerSecond: 1 });
  mesh.stop();
  expect(await result).toMatchObject({ ok: false, ended: 'stopped' });
});

it('a mesh that does not come to rest is not waited for for ever', async () => {
  const { clock, result } = run(generatedLoad({ flat: true, samples: 2 }), undefined, (mesh) => {
    mesh.quiet = () => new Promise(() => {});
  });
  while (clock.pending === 0) await Promise.resolve();
  clock.advance(120_000);
  expect(await result).toMatchObject({ ok: false, ended: 'not_quiet' });
});

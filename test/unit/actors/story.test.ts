import { expect, it } from 'vitest';
import { Story } from '../../../actors/devops/story.ts';
import type { Intent } from '../../../runtime/core/intent.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';

const start = Date.UTC(2024, 0, 15, 14, 23, 1);

function intent(id: string, parent: string | null, ms: number, change: Partial<Intent> = {}): Intent {
  return {
    intent_id: id,
    from_agent: 'cost_monitor',
    to_agent: 'performance_optimizer',
    intent_type: 'investigate',
    context: { cost_increase_pct: 47, service: 'api_gateway', time_window: 'last_4_hours' },
    constraints: {},
    success_criteria: {},
    timestamp: new Date(start + ms).toISOString(),
    parent_intent_id: parent,
    root_intent_id: 'root',
    ...change,
  };
}

const root = intent('root', null, 0);
const child = intent('child', 'root', 5, {
  from_agent: 'performance_optimizer',
  to_agent: 'capacity_planner',
  intent_type: 'optimize',
  context: { bottleneck: 'saturation', options: ['scale_out', 'enable_rate_limiting'] },
});
const leaf = intent('leaf', 'child', 9, {
  from_agent: 'capacity_planner',
  to_agent: 'cost_monitor',
  intent_type: 'scale',
  context: { proposal: { action: 'scale_out', estimated_cost: 210 }, within_budget: true },
});
const ticket = (of: Intent, seq: number): Parameters<Story['sent']>[1] => ({
  intent_id: of.intent_id,
  to: String(of.to_agent),
  stream: 'TEST',
  seq,
});

function tell(): { readonly story: Story; readonly clock: ManualClock; readonly lines: string[] } {
  const clock = new ManualClock(start);
  const lines: string[] = [];
  return { story: new Story((line) => lines.push(line), clock), clock, lines };
}

const tree = [
  'chain 1 of 1, begun 2024-01-15 14:23:01 UTC',
  '  +0 ms  cost_monitor -> performance_optimizer  investigate: +47 % on api_gateway, last_4_hours  (seq 1, handled after 20 ms)',
  '  └─ +5 ms  performance_optimizer -> capacity_planner  optimize: saturation, options scale_out or enable_rate_limiting  (seq 2, handled after 15 ms)',
  '     └─ +9 ms  capacity_planner -> cost_monitor  scale: scale_out for 210 USD a month, within budget  (seq 3, handled after 11 ms)',
];

it('tells each event as it comes, and the chain as a tree with times', () => {
  const { story, clock, lines } = tell();
  for (const [place, it] of [root, child, leaf].entries()) story.sent(it, ticket(it, place + 1));
  expect(lines[0]).toMatch(/^\[ {3}0\.000 s\] {3}cost_monitor -> performance_optimizer .*seq 1\)$/);
  clock.advance(20);
  for (const it of [root, child, leaf]) story.handled('a', it);
  story.finish();
  expect(lines.slice(-6, -2)).toEqual(tree);
  expect(lines.at(-1)).toBe('1 chain, 3 intents, 0 spikes in 0 samples');
});

it('draws the same tree when a receiver is faster than the ticket of the sender', () => {
  const { story, clock, lines } = tell();
  clock.advance(20);
  for (const it of [leaf, child, root]) {
    story.handling('a', it, 1);
    story.handled('a', it);
  }
  for (const [place, it] of [root, child, leaf].entries()) story.sent(it, ticket(it, place + 1));
  story.finish();
  expect(lines.slice(-6, -2)).toEqual(tree);
  expect(story.counts.open).toBe(0);
});

it('is settled when every intent was handled or given up', async () => {
  const { story, lines } = tell();
  story.sent(root, ticket(root, 1));
  story.handling('a', root, 3);
  let settled = false;
  const settling = story.settled().then(() => {
    settled = true;
  });
  await Promise.resolve();
  expect(settled).toBe(false);
  story.dead('a', root, 'failed');
  await settling;
  story.finish();
  expect(lines.join('\n')).toContain('tries investigate again, attempt 3');
  expect(lines.join('\n')).toContain('(seq 1, dead letter: failed)');
  expect(lines.at(-1)).toBe('1 chain, 1 intent, 0 spikes, 1 dead letter in 0 samples');
});

it('shows a chain whose beginning it did not see', () => {
  const { story, lines } = tell();
  story.handled('a', leaf);
  story.finish();
  expect(lines.join('\n')).toContain('scale: scale_out for 210 USD a month, within budget  (no ticket, handled after');
});

it('says what is irregular in a series, once', () => {
  const { story, lines } = tell();
  const longestGap = { ms: 3_840_000, line: 812 };
  story.source({
    name: 'a.csv',
    samples: [{ at: start, value: 1 }],
    irregularities: { gaps: 3, longestGap, repeated: 11 },
  });
  expect(lines.map((line) => line.slice(13))).toEqual([
    'watching a.csv: 1 sample, 2024-01-15 14:23:01 to 2024-01-15 14:23:01 UTC',
    'note: 3 gaps in time, the longest 1 h 4 min before line 812',
    'note: 11 samples with the time of the one before',
  ]);
});

it('says when the store goes away and comes back', () => {
  const { story, lines } = tell();
  story.connection('disconnected');
  story.connection('connected');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('lost');
});

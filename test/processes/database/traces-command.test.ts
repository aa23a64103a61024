/** `parley traces`: on an embedded database that runs, on one that does not, and on Postgres. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type DatabasePlace, openDatabase } from '../../../runtime/database/index.ts';
import { startPglite } from '../../../runtime/embedded/index.ts';
import { PostgresTraces } from '../../../runtime/telemetry/postgres/postgres-traces.ts';
import type { NewReasoningTrace } from '../../../runtime/telemetry/reasoning-trace.ts';
import { runParley } from '../../support/command.ts';
import { storedFolder, tempFolder } from '../../support/pglite-store.ts';
import { PostgresServer } from '../../support/postgres-server.ts';

const scaled: NewReasoningTrace = {
  trace_id: 'trace_1',
  agent_id: 'capacity_planner',
  intent_id: 'intent_1',
  root_intent_id: 'intent_0',
  at: Date.UTC(2024, 0, 15, 14, 23, 1),
  context_retrieved: [
    { source: 'semantic_memory', id: 'fact_1', version: 3, score: 0.91, text: 'A DDoS\u001b[31m did it\nonce' },
  ],
  alternatives_considered: [
    { action: 'limit', risk: 'blocks customers' },
    { action: 'scale', cost_usd: 12 },
  ],
  decision_rationale: 'Customers come first.',
  selected_action: { action: 'scale', resource: 'api_gateway', scale_factor: 6 },
  confidence_score: 0.78,
  policy: {
    effect: 'require_approval',
    reason: 'above the threshold',
    winners: ['cost.manager'],
    contributions: [
      { id: 'cost.manager', tier: 50, effect: 'require_approval', reason: 'above the threshold' },
      { id: 'perf.scale', tier: 10, effect: 'allow', reason: 'within budget' },
    ],
    permitted: true,
    approval: { approved: true, by: 'ann', comment: 'go on' },
  },
  expected_outcome: { p99_ms: 200 },
  otel_trace_id: null,
};
const denied: NewReasoningTrace = {
  ...scaled,
  trace_id: 'trace_2',
  agent_id: 'cost_monitor',
  root_intent_id: 'intent_9',
  at: scaled.at + 1,
  selected_action: { action: 'stop', resource: 'api_gateway' },
  policy: { effect: 'deny' },
};

async function fill(place: DatabasePlace): Promise<void> {
  await using database = await openDatabase({ mesh: 'devops', ...place });
  const traces = new PostgresTraces(database);
  await traces.write(scaled);
  await traces.write(denied);
  await traces.close('trace_1', { p99_ms: 180 }, true);
}

let where: { readonly data: string; readonly url: string };

interface Said {
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  readonly code: number | null;
}

async function parley(...words: readonly string[]): Promise<Said> {
  const run = runParley(['--data', where.data, 'traces', ...words], {
    DATABASE_URL: where.url,
  });
  const code = await run.ended;
  return { lines: run.lines, errors: run.errors, code };
}

async function said(...words: readonly string[]): Promise<string> {
  const { lines, errors, code } = await parley(...words);
  expect([code, errors]).toEqual([0, []]);
  return lines.join('\n');
}

const listed =
  /^at +trace +agent +action +confidence +policy +outcome\n.* trace_2 +cost_monitor +stop api_gateway +0.78 +deny +not done\n2024-01-15T14:23:01.000Z +trace_1 +capacity_planner +scale api_gateway +0.78 +approved by ann +succeeded$/;

describe('traces on the embedded database', () => {
  it('traces reads the embedded database while a node runs it', async () => {
    where = { data: await storedFolder(), url: '' };
    await using embedded = await startPglite({ dataDir: where.data });
    await fill({ embedded });
    expect(await said('list')).toMatch(listed);
  });

  it('traces reads the embedded database when no node runs', async () => {
    where = { data: await storedFolder(), url: '' };
    {
      await using embedded = await startPglite({ dataDir: where.data });
      await fill({ embedded });
    }
    expect(await said('list')).toMatch(listed);
  });

  it('traces reports in two lines that a data folder has no database', async () => {
    where = { data: await tempFolder(), url: '' };
    const { lines, errors, code } = await parley('list');
    expect([lines, code]).toEqual([[], 1]);
    expect(errors.join('\n')).toMatch(
      /^parley: no database to look at: DATABASE_URL is not set, .*\nrun "npm start".*\(PARLEY_NO_DATABASE\)$/,
    );
  });
});

describe('traces on Postgres', () => {
  let server: PostgresServer | undefined;
  beforeEach(async (test) => {
    server = await PostgresServer.start(test);
    await fill({ url: server.url });
    where = { data: 'nowhere', url: server.url };
    return () => server?.[Symbol.asyncDispose]();
  });

  it('traces list filters by agent, root and number, and prints JSON', async () => {
    expect(await said('list')).toMatch(listed);
    expect(await said('list', '--agent', 'cost_monitor', '--json')).toMatch(/^\{"trace_id":"trace_2".*\}$/);
    expect(await said('list', '--root', 'intent_0')).not.toContain('trace_2');
    expect(await said('list', '--limit', '1')).not.toContain('trace_1');
    expect(await said('list', '--agent', 'nobody')).toBe('mesh "devops" has no such reasoning traces');
  });

  it('traces query lists the traces that match an expression', async () => {
    expect(await said('query', 'selected_action.scale_factor > 5')).toMatch(/trace_1/);
    expect(await said('query', "policy.effect = 'deny' and confidence_score > 0.5")).not.toContain('trace_1');
    const { errors, code } = await parley('query', 'selected_action.scale_factor > five');
    expect(code).toBe(1);
    expect(errors.join('\n')).toMatch(/position 32: expected a number or a text in quotes, but found "five"\n.*\n +\^/);
  });

  it('traces show prints everything for people, and nothing that a terminal would obey', async () => {
    const shown = await said('show', 'trace_1');
    for (const part of [
      /semantic_memory +fact_1 +3 +0.91 +A DDoS\\u001b\[31m did it once$/m,
      /^ {5}limit +blocks customers +-$/m,
      /^ {2}\* {2}scale +- +12$/m,
      /^ {2}scale_factor +6$/m,
      /^why\n {2}Customers come first\.$/m,
      /^ {2}\* +50 +require_approval +cost.manager +above the threshold$/m,
      /^ {5}10 +allow +perf.scale +within budget$/m,
      /^ {2}approved by ann: go on$/m,
      /^ {2}p99_ms +200 +180\n {2}succeeded$/m,
    ]) {
      expect(shown).toMatch(part);
    }
    expect(JSON.parse(await said('show', 'trace_2', '--json'))).toEqual({
      ...denied,
      actual_outcome: null,
      success: null,
    });
    expect((await parley('show', 'trace_3')).errors.join('\n')).toMatch(
      /no reasoning trace "trace_3"; "parley traces list"/,
    );
  });

  it('traces reports that Postgres is away, without its password', async () => {
    await server?.stop('SIGINT');
    const { errors, code } = await parley('list');
    expect(code).toBe(1);
    expect(errors.join('\n')).toMatch(
      /^parley: the database at postgres:\/\/127.0.0.1:\d+\/postgres is away: .*ECONNREFUSED/,
    );
    expect(errors.join('\n')).not.toContain('secret');
  });
});

/** The findings of `parley doctor`, from the results of its probes. */
import { describe, expect, it } from 'vitest';
import { ParleyError } from '../../../runtime/core/errors.ts';
import {
  databaseFinding,
  dataFolderFinding,
  embeddingsFinding,
  type Finding,
  nodeFinding,
  opaFinding,
  redisFinding,
  serverFinding,
  typescriptFinding,
  vectorsFinding,
} from '../../../runtime/inspect/index.ts';

class UnusableError extends ParleyError {
  constructor() {
    super('PARLEY_NATS_SERVER_UNUSABLE', 'it is too old\nsecond line');
  }
}

const fails = async (): Promise<never> => {
  throw new Error('refused\nsecond line');
};
const stateOf = ({ state }: Finding): string => state;
const facts = { server: 'nats-server 2.15.1 at nats://x', isNew: true, meshes: [], faults: [] };
const noProgram = { program: fails };
const named = (inspect: () => Promise<typeof facts>) => async () => ({ which: 'NATS_URL', inspect }) as const;

it.each([
  ['20.19.0', 'good'],
  ['22.1.0', 'good'],
  ['20.18.9', 'bad'],
  ['18.20.4', 'bad'],
])('Node %s is %s', (version, state) => {
  expect(stateOf(nodeFinding(version))).toBe(state);
});

it('TypeScript apps run where something reads them', () => {
  expect(typescriptFinding('tsx')).toMatchObject({ state: 'good', found: 'tsx' });
  expect(typescriptFinding(undefined)).toMatchObject({ state: 'lacking', found: 'neither tsx nor Node 22.18' });
});

it('Policies are built and tested where opa is', async () => {
  const found = 'opa 1.4.2 at /bin/opa';
  expect(await opaFinding(async () => found)).toMatchObject({ state: 'good', found });
  expect(await opaFinding(fails)).toMatchObject({ state: 'lacking', found: 'refused' });
});

it.each<[string, () => Promise<number>, string, string]>([
  ['enough room', async () => 100 * 1024 ** 2, 'good', '/data, 100 MiB free'],
  ['too little room', async () => 100 * 1024 ** 2 - 1, 'lacking', '/data, 99 MiB free'],
  ['no permission', fails, 'lacking', 'refused'],
])('A data folder with %s is found', async (_what, freeBytes, state, found) => {
  const finding = await dataFolderFinding('/data', freeBytes);
  expect(finding.state).toBe(state);
  expect(finding.found).toContain(found);
});

describe('nats-server', () => {
  it('nats-server is good when it runs without faults, whether the mesh is new or exists', async () => {
    const fresh = await serverFinding('shop', { running: named(async () => facts), ...noProgram });
    expect(fresh).toMatchObject({ state: 'good', found: 'NATS_URL: nats-server 2.15.1 at nats://x' });
    expect(fresh.follows).toContain('is made when an app starts');
    const known = await serverFinding('shop', {
      running: named(async () => ({ ...facts, isNew: false })),
      ...noProgram,
    });
    expect(known.follows).toContain('is there, and is used');
  });

  it('nats-server is bad with the obstacle to a mesh on it', async () => {
    const faults = ['no room', 'no consumers'] as never[];
    const finding = await serverFinding('shop', { running: named(async () => ({ ...facts, faults })), ...noProgram });
    expect(finding).toMatchObject({ state: 'bad', follows: 'no app starts' });
    expect(finding.found).toContain('no room; no consumers');
  });

  it('nats-server is bad when the named one does not answer, or the name is wrong', async () => {
    const silent = await serverFinding('shop', { running: named(fails), ...noProgram });
    expect(silent).toMatchObject({ state: 'bad', found: 'NATS_URL: refused' });
    const misnamed = await serverFinding('shop', { running: fails, ...noProgram });
    expect(misnamed).toMatchObject({ state: 'bad', found: 'NATS_URL: refused' });
  });

  it('nats-server is named as the embedded one when that does not answer', async () => {
    const running = async () => ({ which: 'the embedded one that runs', inspect: fails }) as const;
    const finding = await serverFinding('shop', { running, ...noProgram });
    expect(finding.found).toBe('the embedded one that runs: refused');
  });

  it.each<[string, () => Promise<{ path: string; version: string }>, string, string]>([
    ['there', async () => ({ path: '/bin/nats-server', version: '2.15.1' }), 'good', '2.15.1 in /bin/nats-server'],
    ['not there', fails, 'lacking', 'none here yet'],
    ['named and unusable', () => Promise.reject(new UnusableError()), 'bad', 'it is too old'],
  ])('nats-server that does not run is looked for as a program: %s', async (_what, program, state, found) => {
    const finding = await serverFinding('shop', { running: async () => undefined, program });
    expect(finding).toMatchObject({ state, found });
  });
});

it.each<[string, (answer: () => Promise<string>) => Promise<Finding>, string]>([
  ['Postgres', (answer) => databaseFinding('postgres://x', answer), 'bad'],
  ['Redis', (answer) => redisFinding('redis://x', answer), 'lacking'],
  ['hnswlib-node', (answer) => vectorsFinding(answer), 'lacking'],
])('%s is good when it answers, and otherwise says its first line', async (what, ask, state) => {
  expect(await ask(async () => '15.1')).toMatchObject({ what, state: 'good', found: '15.1' });
  expect(await ask(fails)).toMatchObject({ what, state, found: 'refused' });
});

it('What is not configured is lacking, and is not asked', async () => {
  const findings = [
    await databaseFinding(undefined, fails),
    await redisFinding(undefined, fails),
    await embeddingsFinding(undefined, fails),
  ];
  expect(findings.map(({ found }) => found)).toEqual([
    'DATABASE_URL is not set',
    'REDIS_URL is not set',
    'PARLEY_MODEL_DIR is not set',
  ]);
  expect(findings.map(stateOf)).toEqual(['lacking', 'lacking', 'lacking']);
});

it('Embeddings are described by the model that opens, and bad when it does not', async () => {
  const open = async () => ({ name: 'minilm', dimensions: 384, said: ['by meaning', 'in a process'] });
  expect(await embeddingsFinding('/model', open)).toMatchObject({
    state: 'good',
    found: 'minilm, 384 dimensions',
    follows: 'by meaning; in a process',
  });
  expect(await embeddingsFinding('/model', fails)).toMatchObject({ state: 'bad', found: 'refused' });
});

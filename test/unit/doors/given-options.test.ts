/** Faulty options of optional parts from JavaScript are refused with a typed error, before anything is opened. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../runtime/core/logger.ts';
import { findNatsServer, startNatsServer, startPglite } from '../../../runtime/embedded/index.ts';
import { startGateway } from '../../../runtime/gateway/index.ts';
import {
  lexicalEmbedder,
  natsSharedMemory,
  natsWorkingMemory,
  openSemanticMemory,
} from '../../../runtime/memory/index.ts';
import { loadPolicy } from '../../../runtime/policy/index.ts';
import { openDatabase } from '../../../runtime/postgres.ts';
import { connectRedis, redisBucket, redisSharedMemory, redisWorkingMemory } from '../../../runtime/redis/index.ts';
import { stub, type TestMesh, testMesh } from '../../../runtime/testing/index.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { simulatedRig } from '../transport/simulated-rig.ts';

type Loose = (...args: readonly unknown[]) => unknown;
/** As a caller without types would call it. */
const loose = (door: unknown): Loose => door as Loose;

let mesh: TestMesh;
beforeAll(async () => {
  mesh = await testMesh([]);
});
afterAll(() => mesh[Symbol.asyncDispose]());

const url = 'nats://127.0.0.1:1';
const jetStream = (given: object): unknown => loose(connectJetStream)({ url, mesh: 'shop', ...given });
const gateway = (given: unknown): unknown => loose(startGateway)(mesh.node, given);
// of a file, so that a start that is not refused makes nothing
const dataDir = join(import.meta.filename, 'data');
const natsServer = (given: object): unknown => loose(startNatsServer)({ binary: 'nats-server', dataDir, ...given });
const pglite = (given: object): unknown => loose(startPglite)({ dataDir, ...given });
const database = { url: 'postgres://127.0.0.1:1/x', mesh: 'shop' };

const outcomeOf = async (call: () => unknown): Promise<unknown> => {
  try {
    return await call();
  } catch (error) {
    return error;
  }
};

describe('a misspelt option', () => {
  it.each<[string, () => unknown, string]>([
    ['connectJetStream', () => jetStream({ replica: 3 }), 'of connectJetStream: did you mean "replicas"?'],
    ['connectJetStream', () => jetStream({ tls: { cafile: 'x' } }), 'of tls: did you mean "caFile"?'],
    ['startGateway', () => gateway({ hots: [] }), 'of startGateway: did you mean "host"?'],
    ['startGateway', () => gateway({ ingress: { ratePerSecond: 1, brust: 1 } }), 'of ingress: did you mean "burst"?'],
    ['loadPolicy', () => loose(loadPolicy)('policies', { stratgy: 'x' }), 'of policy: did you mean "strategy"?'],
    ['loadPolicy', () => loose(loadPolicy)({ wasm: new Uint8Array(), dat: {} }), 'of loadPolicy: did you mean "data"?'],
    ['testMesh', () => loose(testMesh)([], { sed: 1 }), 'of testMesh: did you mean "seed"?'],
    ['testMesh', () => loose(testMesh)([], { node: { limts: {} } }), 'of testMesh.node: did you mean "limits"?'],
    ['testMesh', () => loose(testMesh)([], { faults: { loseAk: 1 } }), 'did you mean "loseAck"?'],
    ['openDatabase', () => loose(openDatabase)({ ...database, asreader: true }), 'did you mean "asReader"?'],
    ['openDatabase', () => loose(openDatabase)({ ...database, limits: { conections: 1 } }), '"connections"?'],
    ['findNatsServer', () => loose(findNatsServer)({ sorces: [] }), 'did you mean "sources"?'],
    ['startNatsServer', () => natsServer({ frsh: true }), 'of startNatsServer: did you mean "fresh"?'],
    ['startNatsServer', () => natsServer({ cluster: { prt: 1 } }), 'of cluster: did you mean "port"?'],
    ['startPglite', () => pglite({ statmentMs: 1 }), 'of startPglite: did you mean "statementMs"?'],
    ['openSemanticMemory', () => loose(openSemanticMemory)({ recrds: {} }), 'did you mean "records"?'],
    [
      'natsWorkingMemory',
      () => loose(natsWorkingMemory)({ read() {}, write() {} }, { clok: {} }),
      'of natsWorkingMemory: did you mean "clock"?',
    ],
    ['redisBucket', () => loose(redisBucket)({ rediss: {} }), 'of redisBucket: did you mean "redis"?'],
  ])('A misspelt option of %s is refused with the intended name', async (_door, call, message) => {
    const error = await outcomeOf(call);
    expect(error).toMatchObject({ code: 'PARLEY_INVALID_OPTION', message: expect.stringContaining(message) });
  });
});

describe('an invalid value', () => {
  it.each<[string, () => unknown, string]>([
    ['connectJetStream()', () => loose(connectJetStream)(), 'connectJetStream'],
    ['connectJetStream(null)', () => loose(connectJetStream)(null), 'connectJetStream'],
    ['a clock of connectJetStream', () => jetStream({ clock: Date }), 'clock'],
    ['a say of connectJetStream', () => jetStream({ say: 'x' }), 'say'],
    ['a name of connectJetStream', () => jetStream({ name: 5 }), 'name'],
    ['credentials of connectJetStream', () => jetStream({ credentials: {} }), 'credentials'],
    ['tls of connectJetStream', () => jetStream({ tls: true }), 'tls'],
    ['a caFile of connectJetStream', () => jetStream({ tls: { caFile: 5 } }), 'tls.caFile'],
    ['whenUnavailable of connectJetStream', () => jetStream({ whenUnavailable: 'retry' }), 'whenUnavailable'],
    ['startGateway()', () => loose(startGateway)(), 'node'],
    ['the node of startGateway', () => loose(startGateway)({}, {}), 'node'],
    ['startGateway(n, null)', () => gateway(null), 'startGateway'],
    ['nats of startGateway', () => gateway({ nats: 'yes' }), 'nats'],
    ['ingress of startGateway', () => gateway({ ingress: null }), 'ingress'],
    ['ingressTotal of startGateway', () => gateway({ ingressTotal: null }), 'ingressTotal'],
    ['sharedBucket of startGateway', () => gateway({ sharedBucket: {} }), 'sharedBucket'],
    ['hosts of startGateway', () => gateway({ hosts: null }), 'hosts'],
    ['token of startGateway', () => gateway({ token: null }), 'token'],
    ['loadPolicy()', () => loose(loadPolicy)(), 'loadPolicy'],
    ['loadPolicy(null)', () => loose(loadPolicy)(null), 'loadPolicy'],
    ['options of loadPolicy', () => loose(loadPolicy)('policies', null), 'policy'],
    ['wasm of loadPolicy', () => loose(loadPolicy)({ wasm: 'x', data: {} }), 'loadPolicy.wasm'],
    ['testMesh()', () => loose(testMesh)(), 'agents'],
    ['options of testMesh', () => loose(testMesh)([], null), 'testMesh'],
    ['a seed of testMesh', () => loose(testMesh)([], { seed: 'x' }), 'testMesh.seed'],
    ['node of testMesh', () => loose(testMesh)([], { node: null }), 'testMesh.node'],
    ['a clock of testMesh', () => loose(testMesh)([], { node: { clock: {} } }), 'testMesh.node.clock'],
    ['an answer of stub', () => loose(stub)('x', {}, 5), 'stub.answer'],
    ['openDatabase()', () => loose(openDatabase)(), 'openDatabase'],
    ['a place of openDatabase', () => loose(openDatabase)({ mesh: 'shop' }), 'openDatabase'],
    ['embedded of openDatabase', () => loose(openDatabase)({ mesh: 'shop', embedded: null }), 'embedded'],
    ['findNatsServer(null)', () => loose(findNatsServer)(null), 'findNatsServer'],
    ['startNatsServer()', () => loose(startNatsServer)(), 'startNatsServer'],
    ['a binary of startNatsServer', () => loose(startNatsServer)({ dataDir }), 'binary'],
    ['a dataDir of startNatsServer', () => natsServer({ dataDir: undefined }), 'dataDir'],
    ['fresh of startNatsServer', () => natsServer({ fresh: 'no' }), 'fresh'],
    ['isOpen of startNatsServer', () => natsServer({ isOpen: 0 }), 'isOpen'],
    ['flags of startNatsServer', () => natsServer({ flags: '-D' }), 'flags'],
    ['a port of startNatsServer', () => natsServer({ port: '4222' }), 'natsServer.port'],
    ['a log of startNatsServer', () => natsServer({ log: {} }), 'log'],
    ['a clock of startNatsServer', () => natsServer({ clock: Date }), 'clock'],
    ['a signal of startNatsServer', () => natsServer({ signal: new AbortController() }), 'signal'],
    ['onExit of startNatsServer', () => natsServer({ onExit: 'x' }), 'onExit'],
    ['routes of startNatsServer', () => natsServer({ cluster: { name: 'a', port: 1, routes: 'b' } }), 'cluster.routes'],
    ['startPglite()', () => loose(startPglite)(), 'startPglite'],
    ['a dataDir of startPglite', () => loose(startPglite)({}), 'dataDir'],
    ['announce of startPglite', () => pglite({ announce: 'no' }), 'announce'],
    ['a statementMs of startPglite', () => pglite({ statementMs: Number.NaN }), 'startPglite.statementMs'],
    ['a log of startPglite', () => pglite({ log: console.log }), 'log'],
    ['onFailed of startPglite', () => pglite({ onFailed: 'x' }), 'onFailed'],
    ['openSemanticMemory()', () => loose(openSemanticMemory)(), 'openSemanticMemory'],
    ['records of openSemanticMemory', () => loose(openSemanticMemory)({ embedder: lexicalEmbedder }), 'records'],
    ['natsWorkingMemory()', () => loose(natsWorkingMemory)(), 'entries'],
    ['natsSharedMemory(transport)', () => loose(natsSharedMemory)({}), 'entries'],
    ['a log of connectRedis', () => loose(connectRedis)('redis://127.0.0.1:1'), 'log'],
    ['redisWorkingMemory()', () => loose(redisWorkingMemory)(), 'redis'],
    ['redisSharedMemory()', () => loose(redisSharedMemory)({}, 'shop'), 'redis'],
    ['redisBucket()', () => loose(redisBucket)(), 'redisBucket'],
    ['redis of redisBucket', () => loose(redisBucket)({ mesh: 'shop', log: silentLogger }), 'redis'],
  ])('%s is refused, naming the option', async (_what, call, option) => {
    expect(await outcomeOf(call)).toMatchObject({ code: 'PARLEY_INVALID_OPTION', option });
  });
});

describe('an invalid URL', () => {
  const secret = { href: 'nats://user:hunter2@host' };
  it.each<[string, (given: unknown) => unknown]>([
    ['connectJetStream', (given) => loose(connectJetStream)({ mesh: 'shop', url: given })],
    ['connectJetStream in the background', (given) => jetStream({ url: given, whenUnavailable: 'wait' })],
    ['connectRedis', (given) => loose(connectRedis)(given, silentLogger)],
    ['openDatabase', (given) => loose(openDatabase)({ mesh: 'shop', url: given })],
  ])('An invalid URL is refused by %s, and not shown', async (_door, call) => {
    for (const given of [undefined, null, 5, {}, secret]) {
      const error = await outcomeOf(() => call(given));
      expect(error).toMatchObject({ code: expect.stringMatching(/^PARLEY_(SERVICE|DATABASE)_URL$/) });
      expect(String(error)).not.toContain('hunter2');
    }
  });
});

describe('a question to a memory', () => {
  it.each<[unknown, string]>([
    [undefined, 'search'],
    [null, 'search'],
    [{ txt: 'a' }, 'search.txt'],
    [{ limit: 5 }, 'search.text'],
    [{ text: 'a', where: 5 }, 'search.where'],
  ])('A memory refuses the question %j, naming the option', async (query, option) => {
    const rig = await simulatedRig();
    try {
      const transport = await rig.connect();
      await using memory = await openSemanticMemory({ records: transport.log('knowledge'), embedder: lexicalEmbedder });
      await expect(loose(memory.search.bind(memory))(query)).rejects.toMatchObject({ option });
    } finally {
      await rig.dispose();
    }
  });
});

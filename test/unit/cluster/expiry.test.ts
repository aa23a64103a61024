/** Kinds and nodes that leave the directory and the registry because nobody renewed them, on a clock driven by hand. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Directory } from '../../../runtime/cluster/directory.ts';
import { Registry } from '../../../runtime/cluster/registry.ts';
import type { AgentId } from '../../../runtime/core/ids.ts';
import { entryAges } from '../../../runtime/inspect/entry-ages.ts';
import { PoolWorld, type Process, poolSettings } from '../../support/pool-world.ts';

const dayMs = 86_400_000;
const expireAfterMs = 30 * dayMs;
const agent: AgentId = { kind: 'invoice', key: 'a' };

let world: PoolWorld;
let served: Directory;
let registry: Registry;

const directoryOf = ({ transport, clock }: Process, expiryMs: number = expireAfterMs): Directory =>
  new Directory('sim', transport.bucket('meshConfig'), { ages: entryAges(transport, clock), expireAfterMs: expiryMs });

const registryOf = ({ transport, clock }: Process): Registry =>
  new Registry(transport.bucket('registry'), clock, world.log, entryAges(transport, clock));

const kindEntry = (kind: string) =>
  ({ v: 1, kind, pool: 'main', keyed: false, broadcasts: [kind], intents: {} }) as const;
const nodeEntry = (node: string, kinds: readonly string[]) =>
  ({ v: 1, node, pool: 'main', kinds, state: 'serving', started_at: '', host: '', pid: 1 }) as const;

const locate = (directory: Directory): Promise<unknown> => world.outcome(Promise.resolve(directory.locate(agent)));

beforeEach(async () => {
  world = new PoolWorld();
  const process = world.process();
  await world.wait(process.transport.pools.ensure(poolSettings));
  served = directoryOf(process);
  registry = registryOf(process);
  await world.wait(served.declarePool('main', 1, 1));
  await world.wait(served.declareKind('invoice', 'main'));
});

describe('A kind of the directory', () => {
  it('is known on the last day of its time, although no node runs', async () => {
    await world.pass(expireAfterMs - 1_000);
    expect(await locate(directoryOf(world.process()))).toMatchObject({ pool: 'main' });
  });

  it('is unknown after that, with the nearest name that is known', async () => {
    await world.pass(2 * dayMs);
    await world.wait(served.declareKind('invoices', 'main'));
    await world.pass(expireAfterMs - dayMs);
    const refused = Promise.resolve(directoryOf(world.process()).locate(agent)).catch((error: unknown) => error);
    expect(await world.wait(refused)).toMatchObject({
      code: 'PARLEY_UNKNOWN_AGENT',
      message: expect.stringContaining('did you mean "invoices"?'),
    });
  });

  it('suggests no name that has expired too', async () => {
    await world.pass(expireAfterMs + 1_000);
    const asked = directoryOf(world.process()).locate({ kind: 'invoic', key: undefined });
    const refused = Promise.resolve(asked).catch((error: unknown) => error);
    expect(String(await world.wait(refused))).not.toContain('did you mean');
  });

  it('keeps its place as long as one of its nodes renews it', async () => {
    for (let days = 0; days < 90; days += 10) {
      await world.pass(10 * dayMs);
      await world.wait(served.renewKind('invoice', 'main'));
    }
    await world.pass(expireAfterMs - 1_000);
    expect(await locate(directoryOf(world.process()))).toMatchObject({ pool: 'main' });
  });

  it('is known again, in the same pool, when a node declares it again', async () => {
    await world.pass(2 * expireAfterMs);
    expect(await locate(directoryOf(world.process()))).toBe('PARLEY_UNKNOWN_AGENT');
    await world.wait(directoryOf(world.process()).declareKind('invoice', 'main'));
    expect(await locate(directoryOf(world.process()))).toMatchObject({ pool: 'main' });
  });

  it('keeps its pool when it has expired, because intents may wait there', async () => {
    await world.pass(2 * expireAfterMs);
    const elsewhere = directoryOf(world.process());
    expect(await world.outcome(elsewhere.declareKind('invoice', 'other'))).toBe('PARLEY_KIND_CONFLICT');
    expect(await world.wait(elsewhere.placeOf(agent))).toEqual({ pool: 'main', partition: 0 });
    expect(await locate(elsewhere)).toBe('PARLEY_UNKNOWN_AGENT');
  });

  it('that a sender has looked up before is unknown to it, too, once it looks again', async () => {
    const sender = directoryOf(world.process());
    await locate(sender);
    await world.pass(expireAfterMs + 1_000);
    await world.wait(sender.refresh());
    expect(await locate(sender)).toBe('PARLEY_UNKNOWN_AGENT');
    await world.wait(served.declareKind('invoice', 'main'));
    expect(await locate(sender)).toMatchObject({ pool: 'main' });
  });

  it('is not looked up again while it is known and current', async () => {
    const sender = directoryOf(world.process());
    await locate(sender);
    await world.wait(sender.refresh());
    expect(sender.locate(agent)).not.toBeInstanceOf(Promise);
  });

  it('expires by the time that its own node has set, not by that of the reader', async () => {
    await world.wait(directoryOf(world.process(), dayMs).declareKind('brief', 'main'));
    await world.pass(2 * dayMs);
    const brief = Promise.resolve(directoryOf(world.process()).locate({ kind: 'brief', key: undefined }));
    expect(await world.outcome(brief)).toBe('PARLEY_UNKNOWN_AGENT');
    expect(await locate(directoryOf(world.process(), dayMs))).toMatchObject({ pool: 'main' });
  });

  it('of an earlier release, which names no time, does not expire', async () => {
    const record = JSON.stringify({ v: 1, pool: 'main', group: null });
    await world.wait(world.process().transport.bucket('meshConfig').write('kind.old', record, 0));
    await world.pass(10 * expireAfterMs);
    const old = Promise.resolve(directoryOf(world.process()).locate({ kind: 'old', key: undefined }));
    expect(await world.outcome(old)).toMatchObject({ pool: 'main' });
  });

  it('keeps what a later release has written into its entry', async () => {
    const { transport } = world.process();
    const record = JSON.stringify({ v: 1, pool: 'main', group: null, weight: 3 });
    await world.wait(transport.bucket('meshConfig').write('kind.later', record, 0));
    await world.wait(served.renewKind('later', 'main'));
    const entry = await world.wait(transport.bucket('meshConfig').read('kind.later'));
    expect(JSON.parse(entry?.value ?? '')).toMatchObject({ weight: 3, expire_after_ms: expireAfterMs });
  });
});

describe('An entry of the registry', () => {
  beforeEach(async () => {
    await world.wait(registry.declareKind({ ...kindEntry('invoice'), expire_after_ms: expireAfterMs }));
    await world.wait(registry.announceNode({ ...nodeEntry('n1', ['invoice']), expire_after_ms: expireAfterMs }));
  });

  it('is left out when nobody has renewed it for its time', async () => {
    await world.pass(expireAfterMs - 1_000);
    expect(await world.wait(registryOf(world.process()).kinds())).toMatchObject([{ kind: 'invoice' }]);
    expect(await world.wait(registryOf(world.process()).nodes())).toMatchObject([{ node: 'n1' }]);
    await world.pass(2_000);
    expect(await world.wait(registryOf(world.process()).kinds())).toEqual([]);
    expect(await world.wait(registryOf(world.process()).nodes())).toEqual([]);
  });

  it('stays when it is renewed, and keeps what a newer deploy has written into it', async () => {
    const newer = { ...kindEntry('invoice'), intents: { alert: {} }, expire_after_ms: expireAfterMs };
    await world.wait(registry.declareKind(newer));
    await world.pass(expireAfterMs - dayMs);
    await world.wait(registry.renewKind({ ...kindEntry('invoice'), expire_after_ms: expireAfterMs }));
    await world.pass(expireAfterMs - dayMs);
    expect(await world.wait(registryOf(world.process()).kinds())).toMatchObject([{ intents: { alert: {} } }]);
  });

  it('is made anew by a renewal when an operator has removed it', async () => {
    await world.wait(world.process().transport.bucket('registry').remove('kind.invoice'));
    await world.wait(registry.renewKind({ ...kindEntry('invoice'), expire_after_ms: expireAfterMs }));
    expect(await world.wait(registryOf(world.process()).kinds())).toMatchObject([{ kind: 'invoice' }]);
  });

  it('is renewed once when two nodes renew it at the same moment', async () => {
    world.faults.change({ latencyMinMs: 1, latencyMaxMs: 20 });
    const entry = { ...kindEntry('invoice'), expire_after_ms: expireAfterMs };
    const renewing = [registry, registryOf(world.process())].map((by) => by.renewKind(entry));
    expect(await world.wait(Promise.allSettled(renewing))).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ]);
  });
});

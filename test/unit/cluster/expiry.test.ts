/** Kinds and nodes that leave the directory and the registry because nobody renewed them, on a clock driven by hand. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Directory } from '../../../runtime/cluster/directory.ts';
import { Registry } from '../../../runtime/cluster/registry.ts';
import type { AgentId } from '../../../runtime/core/ids.ts';
import { entryAges } from '../../../runtime/inspect/entry-ages.ts';
import { PoolRig, type Process, poolSettings } from '../../support/pool-rig.ts';

const dayMs = 86_400_000;
const expireAfterMs = 30 * dayMs;
const agent: AgentId = { kind: 'invoice', key: 'a' };

let rig: PoolRig;
let served: Directory;
let registry: Registry;

const directoryOf = ({ transport, clock }: Process, expiryMs: number = expireAfterMs): Directory =>
  new Directory('sim', transport.bucket('meshConfig'), { ages: entryAges(transport, clock), expireAfterMs: expiryMs });

const registryOf = ({ transport, clock }: Process): Registry =>
  new Registry(transport.bucket('registry'), clock, rig.log, entryAges(transport, clock));

const kindEntry = (kind: string) =>
  ({ v: 1, kind, pool: 'main', keyed: false, broadcasts: [kind], intents: {} }) as const;
const nodeEntry = (node: string, kinds: readonly string[]) =>
  ({ v: 1, node, pool: 'main', kinds, state: 'serving', started_at: '', host: '', pid: 1 }) as const;

const locate = (directory: Directory): Promise<unknown> => rig.outcome(Promise.resolve(directory.locate(agent)));

beforeEach(async () => {
  rig = new PoolRig();
  const process = rig.process();
  await rig.wait(process.transport.pools.ensure(poolSettings));
  served = directoryOf(process);
  registry = registryOf(process);
  await rig.wait(served.declarePool('main', 1, 1));
  await rig.wait(served.declareKind('invoice', 'main'));
});

describe('A kind of the directory', () => {
  it('A kind is known on the last day of its time, although no node runs', async () => {
    await rig.pass(expireAfterMs - 1_000);
    expect(await locate(directoryOf(rig.process()))).toMatchObject({ pool: 'main' });
  });

  it('An expired kind is unknown, with the nearest known name', async () => {
    await rig.pass(2 * dayMs);
    await rig.wait(served.declareKind('invoices', 'main'));
    await rig.pass(expireAfterMs - dayMs);
    const refused = Promise.resolve(directoryOf(rig.process()).locate(agent)).catch((error: unknown) => error);
    expect(await rig.wait(refused)).toMatchObject({
      code: 'PARLEY_UNKNOWN_AGENT',
      message: expect.stringContaining('did you mean "invoices"?'),
    });
  });

  it('The directory suggests no expired name', async () => {
    await rig.pass(expireAfterMs + 1_000);
    const asked = directoryOf(rig.process()).locate({ kind: 'invoic', key: undefined });
    const refused = Promise.resolve(asked).catch((error: unknown) => error);
    expect(String(await rig.wait(refused))).not.toContain('did you mean');
  });

  it('A kind keeps its place as long as one of its nodes renews it', async () => {
    for (let days = 0; days < 90; days += 10) {
      await rig.pass(10 * dayMs);
      await rig.wait(served.renewKind('invoice', 'main'));
    }
    await rig.pass(expireAfterMs - 1_000);
    expect(await locate(directoryOf(rig.process()))).toMatchObject({ pool: 'main' });
  });

  it('An expired kind is known again, in the same pool, when a node declares it again', async () => {
    await rig.pass(2 * expireAfterMs);
    expect(await locate(directoryOf(rig.process()))).toBe('PARLEY_UNKNOWN_AGENT');
    await rig.wait(directoryOf(rig.process()).declareKind('invoice', 'main'));
    expect(await locate(directoryOf(rig.process()))).toMatchObject({ pool: 'main' });
  });

  it('An expired kind keeps its pool, because intents may wait there', async () => {
    await rig.pass(2 * expireAfterMs);
    const elsewhere = directoryOf(rig.process());
    expect(await rig.outcome(elsewhere.declareKind('invoice', 'other'))).toBe('PARLEY_KIND_CONFLICT');
    expect(await rig.wait(elsewhere.placeOf(agent))).toEqual({ pool: 'main', partition: 0 });
    expect(await locate(elsewhere)).toBe('PARLEY_UNKNOWN_AGENT');
  });

  it('An expired kind becomes unknown to a sender that has looked it up before, once it looks again', async () => {
    const sender = directoryOf(rig.process());
    await locate(sender);
    await rig.pass(expireAfterMs + 1_000);
    await rig.wait(sender.refresh());
    expect(await locate(sender)).toBe('PARLEY_UNKNOWN_AGENT');
    await rig.wait(served.declareKind('invoice', 'main'));
    expect(await locate(sender)).toMatchObject({ pool: 'main' });
  });

  it('A known and current kind is not looked up again', async () => {
    const sender = directoryOf(rig.process());
    await locate(sender);
    await rig.wait(sender.refresh());
    expect(sender.locate(agent)).not.toBeInstanceOf(Promise);
  });

  it('A kind expires by the time that its own node has set, not by that of the reader', async () => {
    await rig.wait(directoryOf(rig.process(), dayMs).declareKind('brief', 'main'));
    await rig.pass(2 * dayMs);
    const brief = Promise.resolve(directoryOf(rig.process()).locate({ kind: 'brief', key: undefined }));
    expect(await rig.outcome(brief)).toBe('PARLEY_UNKNOWN_AGENT');
    expect(await locate(directoryOf(rig.process(), dayMs))).toMatchObject({ pool: 'main' });
  });

  it('A kind of an earlier release, which names no time, does not expire', async () => {
    const record = JSON.stringify({ v: 1, pool: 'main', group: null });
    await rig.wait(rig.process().transport.bucket('meshConfig').write('kind.old', record, 0));
    await rig.pass(10 * expireAfterMs);
    const old = Promise.resolve(directoryOf(rig.process()).locate({ kind: 'old', key: undefined }));
    expect(await rig.outcome(old)).toMatchObject({ pool: 'main' });
  });

  it('A renewal keeps the additions of a later release in the entry', async () => {
    const { transport } = rig.process();
    const record = JSON.stringify({ v: 1, pool: 'main', group: null, weight: 3 });
    await rig.wait(transport.bucket('meshConfig').write('kind.later', record, 0));
    await rig.wait(served.renewKind('later', 'main'));
    const entry = await rig.wait(transport.bucket('meshConfig').read('kind.later'));
    expect(JSON.parse(entry?.value ?? '')).toMatchObject({ weight: 3, expire_after_ms: expireAfterMs });
  });
});

describe('An entry of the registry', () => {
  beforeEach(async () => {
    await rig.wait(registry.declareKind({ ...kindEntry('invoice'), expire_after_ms: expireAfterMs }));
    await rig.wait(registry.announceNode({ ...nodeEntry('n1', ['invoice']), expire_after_ms: expireAfterMs }));
  });

  it('An entry of the registry is omitted when no node has renewed it for its time', async () => {
    await rig.pass(expireAfterMs - 1_000);
    expect(await rig.wait(registryOf(rig.process()).kinds())).toMatchObject([{ kind: 'invoice' }]);
    expect(await rig.wait(registryOf(rig.process()).nodes())).toMatchObject([{ node: 'n1' }]);
    await rig.pass(2_000);
    expect(await rig.wait(registryOf(rig.process()).kinds())).toEqual([]);
    expect(await rig.wait(registryOf(rig.process()).nodes())).toEqual([]);
  });

  it('A renewed entry of the registry stays, and keeps the additions of a newer deploy', async () => {
    const newer = { ...kindEntry('invoice'), intents: { alert: {} }, expire_after_ms: expireAfterMs };
    await rig.wait(registry.declareKind(newer));
    await rig.pass(expireAfterMs - dayMs);
    await rig.wait(registry.renewKind({ ...kindEntry('invoice'), expire_after_ms: expireAfterMs }));
    await rig.pass(expireAfterMs - dayMs);
    expect(await rig.wait(registryOf(rig.process()).kinds())).toMatchObject([{ intents: { alert: {} } }]);
  });

  it('A renewal recreates an entry of the registry that an operator has removed', async () => {
    await rig.wait(rig.process().transport.bucket('registry').remove('kind.invoice'));
    await rig.wait(registry.renewKind({ ...kindEntry('invoice'), expire_after_ms: expireAfterMs }));
    expect(await rig.wait(registryOf(rig.process()).kinds())).toMatchObject([{ kind: 'invoice' }]);
  });

  it('An entry of the registry is renewed once when two nodes renew it at the same moment', async () => {
    rig.faults.change({ latencyMinMs: 1, latencyMaxMs: 20 });
    const entry = { ...kindEntry('invoice'), expire_after_ms: expireAfterMs };
    const renewing = [registry, registryOf(rig.process())].map((by) => by.renewKind(entry));
    expect(await rig.wait(Promise.allSettled(renewing))).toMatchObject([
      { status: 'fulfilled' },
      { status: 'fulfilled' },
    ]);
  });
});

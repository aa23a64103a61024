import { expect, it } from 'vitest';
import type { AgentMemories } from '../../../runtime/actor/context.ts';
import { defineAgent } from '../../../runtime/actor/define-agent.ts';
import { needs } from '../../../runtime/actor/needs.ts';
import { defineApp } from '../../../runtime/node/app.ts';
import { startNode } from '../../../runtime/node/node.ts';
import type { OpenServices, Part, ServiceEnv } from '../../../runtime/node/services.ts';
import type { PolicyEngine } from '../../../runtime/policy/policy-engine.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { NodeRig } from '../../support/node-rig.ts';

interface Crm {
  nameOf(customer: string): string;
}

const draft = { intent_type: 'alert', context: {} };
const crm: Crm = { nameOf: (customer) => `Ms ${customer}` };

/** Opens an app with these services on a node. */
async function open(
  services: OpenServices<{ readonly crm: Crm }>,
  receive: (ctx: { readonly services: { readonly crm: Crm }; readonly memory: AgentMemories }) => unknown = () => 0,
) {
  const rig = new NodeRig();
  const { transport } = rig.process();
  const agent = defineAgent({
    kind: 'desk',
    delivery: 'at_least_once',
    intents: { alert: { retry: { attempts: 1 } } },
    services: needs<{ crm: Crm }>(),
    receive: async (_intent, ctx) => void (await receive(ctx)),
  });
  const app = defineApp({ agents: [agent], services });
  const node = await rig.wait(startNode(app, { transport, mesh: transport.mesh, clock: rig.clock }));
  const handle = async (): Promise<void> => {
    await rig.wait(node.tell('desk', draft));
    await rig.quiet(node);
  };
  return { rig, node, handle };
}

/** A part that notes when it is closed. */
const part = (name: string, closed: string[], given: Partial<Part> = {}): AsyncDisposable & Part => ({
  describe: name,
  async [Symbol.asyncDispose]() {
    closed.push(name);
  },
  ...given,
});

it('Agents use the services that their app opened', async () => {
  const names: string[] = [];
  const { handle } = await open(
    async () => ({ services: { crm } }),
    ({ services }) => void names.push(services.crm.nameOf('Lovelace')),
  );
  await handle();
  expect(names).toEqual(['Ms Lovelace']);
});

it('Services are opened once, before the node serves, with its mesh, pool and connection', async () => {
  const envs: ServiceEnv[] = [];
  const { handle } = await open((env) => {
    envs.push(env);
    return { services: { crm } };
  });
  await handle();
  await handle();
  expect(envs).toMatchObject([{ scope: 'node', pool: 'main', mesh: envs[0]?.transport.mesh }]);
});

it('A service that the app does not have is an error with its name, and with the nearest one', async () => {
  const { rig, handle } = await open(
    () => ({ services: { crm } }),
    ({ services }) => (services as unknown as { readonly crn: Crm }).crn.nameOf('x'),
  );
  await handle();
  expect(rig.letters).toMatchObject([
    { reason: 'PARLEY_UNKNOWN_SERVICE', errors: [expect.stringContaining('did you mean "crm"?') as string] },
  ]);
});

it('Services can be awaited and printed without an error', async () => {
  const seen: unknown[] = [];
  const { handle } = await open(
    () => ({ services: { crm } }),
    async ({ services }) => void seen.push(Object.keys(await services), JSON.stringify(services)),
  );
  await handle();
  expect(seen).toEqual([['crm'], '{"crm":{}}']);
});

it('Parts in use are closed in reverse order when the node has stopped', async () => {
  const closed: string[] = [];
  const { rig, node } = await open(({ use }) => {
    for (const name of ['pool', 'crm', 'cache']) use(part(name, closed));
    return { services: { crm } };
  });
  expect(closed).toEqual([]);
  await rig.wait(node.stop());
  expect(closed).toEqual(['cache', 'crm', 'pool']);
});

it('Parts are closed when a later one cannot be opened, and the error names the cause', async () => {
  const closed: string[] = [];
  const opening = open(({ use }) => {
    use(part('pool', closed));
    throw new Error('no cache at redis://cache');
  });
  await expect(opening).rejects.toMatchObject({
    code: 'PARLEY_SERVICES',
    message: expect.stringContaining('no cache at redis://cache') as string,
  });
  expect(closed).toEqual(['pool']);
});

it('A part that fails to close is logged and does not keep the others open', async () => {
  const closed: string[] = [];
  const log = new LogRecorder();
  const rig = new NodeRig();
  const { transport } = rig.process();
  const broken = part('broken', closed, {});
  const app = defineApp({
    agents: [],
    services: ({ use }) => {
      use(part('pool', closed));
      use({ ...broken, [Symbol.asyncDispose]: () => Promise.reject(new Error('refuses')) });
      return {};
    },
  });
  const node = await rig.wait(startNode(app, { transport, mesh: transport.mesh, clock: rig.clock, log }));
  await rig.wait(node.stop());
  expect(closed).toEqual(['pool']);
  expect(log.records).toContainEqual({
    text: 'a service could not be closed',
    fields: { what: 'broken', reason: 'refuses' },
  });
});

it('A part that never closes delays the others by a second at most', async () => {
  const closed: string[] = [];
  const { rig, node } = await open(({ use }) => {
    use(part('pool', closed));
    use({ [Symbol.asyncDispose]: () => new Promise<void>(() => undefined) });
    return { services: { crm } };
  });
  await rig.wait(node.stop());
  expect(closed).toEqual(['pool']);
});

it('Only what can be closed can be used', async () => {
  const opening = open(({ use }) => {
    use({} as Disposable);
    return { services: { crm } };
  });
  await expect(opening).rejects.toMatchObject({ code: 'PARLEY_INVALID_OPTION', option: 'env.use' });
});

it('The obstacle of the policy makes the health of the node degraded while it lasts', async () => {
  let obstacle: string | undefined;
  const policy: PolicyEngine = {
    bundle: 'b1',
    get obstacle() {
      return obstacle;
    },
    decide: () => {
      throw new Error('not asked');
    },
  };
  const { node } = await open(() => ({ policy, services: { crm } }));
  expect(node.health.reasons).toEqual([]);
  obstacle = 'broken off';
  expect(node.health).toMatchObject({ status: 'degraded', reasons: ['policy: broken off'] });
  obstacle = undefined;
  expect(node.health.status).toBe('ok');
});

it('The obstacle of a part makes the health of the node degraded while it lasts', async () => {
  let obstacle: string | undefined;
  const { node } = await open(({ use }) => {
    use({
      describe: 'redis://cache',
      get obstacle() {
        return obstacle;
      },
      [Symbol.dispose]: () => undefined,
    });
    return { services: { crm } };
  });
  const before = node.health.status;
  obstacle = 'connection refused';
  expect(node.health).toMatchObject({
    status: 'degraded',
    ready: true,
    reasons: ['redis://cache does not work: connection refused'],
  });
  obstacle = undefined;
  expect([before, node.health.status]).toEqual(['ok', 'ok']);
});

it.each<[unknown, string]>([
  [{ polcy: {} }, 'services.polcy'],
  [{ policy: {} }, 'services.policy'],
  [{ actuators: { scale: 1 } }, 'services.actuators.scale'],
  [{ memory: { episodes: {} } }, 'services.memory.episodes'],
  [{ memory: { episodic: {} } }, 'services.memory.episodic'],
  [{ memory: { semantic: {} } }, 'services.memory.semantic'],
  [{ services: 5 }, 'services.services'],
  [null, 'services'],
])('Services that return %j are refused', async (given, option) => {
  await expect(open(() => given as { services: { crm: Crm } })).rejects.toMatchObject({ option });
});

it('A start that is given up while services open ends at once, and closes what opens later', async () => {
  const closed: string[] = [];
  const signals: AbortSignal[] = [];
  const giveUp = new AbortController();
  const rig = new NodeRig();
  const { transport } = rig.process();
  let later: () => void = () => undefined;
  const app = defineApp({
    agents: [],
    async services({ use, signal }) {
      signals.push(signal);
      use(part('pool', closed));
      await new Promise<void>((resolve) => {
        later = resolve;
      });
      use(part('cache', closed));
      return {};
    },
  });
  const starting = startNode(app, { transport, mesh: transport.mesh, clock: rig.clock, signal: giveUp.signal });
  giveUp.abort();
  await expect(rig.wait(starting)).rejects.toMatchObject({ code: 'PARLEY_NODE_STOPPING' });
  expect([closed, signals[0]?.aborted]).toEqual([['pool'], true]);
  later();
  await rig.pass(1);
  expect(closed).toEqual(['pool', 'cache']);
});

it('Memories that the app does not have are errors that say how to open them; working and shared are in the mesh', async () => {
  const { rig, handle } = await open(
    () => ({ services: { crm } }),
    async ({ memory }) => {
      await memory.working.set('a', 1);
      await memory.shared.writeIfVersion('b', 2, 0);
      await memory.episodic.recall({ contains: {} });
    },
  );
  await handle();
  expect(rig.letters).toMatchObject([
    { reason: 'PARLEY_NO_MEMORY', errors: [expect.stringContaining('uses episodic memory') as string] },
  ]);
});

it('What the options of a node name takes the place of what the app opens', async () => {
  const rig = new NodeRig();
  const { transport } = rig.process();
  const names: string[] = [];
  const agent = defineAgent({
    kind: 'desk',
    delivery: 'at_least_once',
    intents: { alert: {} },
    services: needs<{ crm: Crm }>(),
    receive: (_intent, { services }) => void names.push(services.crm.nameOf('x')),
  });
  const app = defineApp({ agents: [agent], services: () => ({ services: { crm } }) });
  const fake: Crm = { nameOf: () => 'a fake' };
  const options = { transport, mesh: transport.mesh, clock: rig.clock, services: { crm: fake } };
  const node = await rig.wait(startNode(app, options));
  await rig.wait(node.tell('desk', draft));
  await rig.quiet(node);
  expect(names).toEqual(['a fake']);
});

it('The compiler refuses an app without the services that its agents need', () => {
  const agent = defineAgent({
    kind: 'desk',
    delivery: 'at_least_once',
    intents: { alert: {} },
    services: needs<{ crm: Crm }>(),
    receive: () => undefined,
  });
  // @ts-expect-error: no services at all
  defineApp({ agents: [agent] });
  // @ts-expect-error: services, but not the one that the agent needs
  defineApp({ agents: [agent], services: () => ({ services: { cmr: crm } }) });
  // @ts-expect-error: of another type
  defineApp({ agents: [agent], services: () => ({ services: { crm: { nameOf: 5 } } }) });
  defineApp({ agents: [agent], services: () => ({ services: { crm, more: 1 } }) });
  defineApp({ agents: [agent], services: async () => ({ services: { crm } }) });
});

it('Where actions, memory and services are all given, the app opens nothing', async () => {
  const opened: string[] = [];
  const rig = new NodeRig();
  const { transport } = rig.process();
  const app = defineApp({
    agents: [],
    services() {
      opened.push('app');
      return {};
    },
  });
  const start = (given: object) =>
    rig.wait(startNode(app, { transport, mesh: transport.mesh, clock: rig.clock, ...given }));
  const fakes = { actions: { actuators: {} }, memory: {}, services: {} };
  await rig.wait((await start(fakes)).stop());
  expect(opened).toEqual([]);
  const { memory: _memory, ...some } = fakes;
  await rig.wait((await start(some)).stop());
  expect(opened).toEqual(['app']);
});

it('Services learn the folder for what is kept on this machine', async () => {
  const folders: string[] = [];
  const rig = new NodeRig();
  const { transport } = rig.process();
  const app = defineApp({
    agents: [],
    services({ dataDir }) {
      folders.push(dataDir);
      return {};
    },
  });
  const start = (given: object) =>
    rig.wait(startNode(app, { transport, mesh: transport.mesh, clock: rig.clock, ...given }));
  await rig.wait((await start({})).stop());
  await rig.wait((await start({ dataDir: '/srv/shop' })).stop());
  expect(folders).toEqual(['.parley/data', '/srv/shop']);
  await expect(start({ dataDir: '' })).rejects.toMatchObject({ code: 'PARLEY_INVALID_OPTION' });
});

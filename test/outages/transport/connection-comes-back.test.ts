/** A refused connection comes back by itself, and reports the reason meanwhile. */
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Node, startNode } from '../../../runtime/node/node.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { connectJetStream, type JetStreamSettings } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { ConfiguredServer, user, users } from '../../support/configured-server.ts';
import { until } from '../../support/jetstream-rig.ts';

interface Rig extends AsyncDisposable {
  readonly node: Node;
  readonly transport: Transport;
  /** What was said of the connection. */
  readonly lines: readonly string[];
  /** Sends one intent; resolves when it is handled. */
  handleOne(): Promise<void>;
}

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig[Symbol.asyncDispose]();
});

async function serve(settings: Omit<JetStreamSettings, 'mesh'>): Promise<Rig> {
  const lines: string[] = [];
  const transport = await connectJetStream({ ...settings, mesh: 'back', say: (line) => void lines.push(line) });
  let handled = 0;
  const app = { agents: [listener('worker', ['alert'], () => void handled++)] };
  const node = await startNode(app, { transport, mesh: 'back' });
  const rig: Rig = {
    node,
    transport,
    lines,
    async handleOne() {
      const before = handled;
      await node.tell('worker', { intent_type: 'alert' }, { mode: 'wait', deadlineMs: 60_000 });
      await until('the intent is handled', () => handled > before, 60_000);
    },
    async [Symbol.asyncDispose]() {
      await node.stop({ drainMs: 0 });
      await transport.close();
    },
  };
  open.push(rig);
  return rig;
}

const health = (rig: Rig): string => rig.node.health.reasons.join('\n');

it('The connection comes back after many refused passwords, once the password is right', async () => {
  await using server = await ConfiguredServer.start(users(user('ann')));
  const rig = await serve({ url: server.url('ann') });
  await server.configure(users(user('bob')));
  await server.reload();
  await until('it is refused', () => health(rig).includes('refuses the credentials'));
  expect(rig.transport.isConnected).toBe(false);
  // far more than the two in a row that close the library's connection
  await server.stop();
  await server.start();
  await until('it is refused again', () => health(rig).includes('AUTHORIZATION_VIOLATION'));
  await server.configure(users(user('ann')));
  await server.reload();
  await until('it is back', () => rig.node.health.ready, 30_000);
  expect(rig.node.health.reasons).toEqual([]);
  await rig.handleOne();
  expect(rig.lines.filter((line) => line.includes('refuses the credentials'))).toHaveLength(1);
});

it("The connection comes back after its user's account had no streams of the mesh, and creates none there", async () => {
  const accounts = (a: string, b: string): string =>
    `accounts { A { jetstream: enabled, users: [ ${user(a)} ] }\n B { jetstream: enabled, users: [ ${user(b)} ] } }`;
  await using server = await ConfiguredServer.start(accounts('ann', 'bob'));
  const rig = await serve({ url: server.url('ann') });
  await server.stop();
  await server.configure(accounts('bob', 'ann'));
  await server.start();
  await until('it says where it is', () => health(rig).includes('in account "B" now, the mesh is in "A"'), 30_000);
  await server.stop();
  await server.configure(accounts('ann', 'bob'));
  await server.start();
  await until('it is back', () => rig.node.health.ready && rig.transport.problems.length === 0, 60_000);
  await rig.handleOne();
  await expect(connectJetStream({ url: server.url('bob'), mesh: 'back' }).then((other) => other.close())).resolves.toBe(
    undefined,
  );
});

it('The connection comes back with the authority of a TLS certificate that was replaced meanwhile', async () => {
  await using server = await ConfiguredServer.start('');
  const file = (name: string): string => join(server.folder, name);
  const certificate = (name: string): void => {
    const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost'];
    const out = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...out], {
      stdio: 'ignore',
    });
  };
  const restartWith = async (name: string): Promise<void> => {
    await server.stop();
    await server.configure(`tls { cert_file: "${file(`${name}.pem`)}", key_file: "${file(`${name}.key`)}" }`);
    await server.start();
  };
  certificate('first');
  certificate('second');
  await restartWith('first');
  copyFileSync(file('first.pem'), file('ca.pem'));
  const rig = await serve({ url: server.url(), tls: { caFile: file('ca.pem') } });
  await rig.handleOne();
  await restartWith('second');
  await until('it is away', () => !rig.transport.isConnected);
  copyFileSync(file('second.pem'), file('ca.pem'));
  await until('it is back', () => rig.node.health.ready, 30_000);
  await rig.handleOne();
});

it('The connection comes back on a server of its list that was away at first', async () => {
  await using first = await ConfiguredServer.start('');
  await using second = await ConfiguredServer.start('');
  await first.stop();
  const rig = await serve({ url: `${first.url()},${second.url()}` });
  await second.stop();
  await until('it is away', () => !rig.transport.isConnected);
  await first.start();
  await until('it is connected to the other', () => rig.transport.isConnected, 30_000);
  await until('its streams are made again', () => rig.node.health.ready, 30_000);
  expect(rig.lines.join('\n')).toContain('stream "BACK_STATE" was gone and has been made again');
  await rig.handleOne();
});

it('A subscription that was refused for a while is named, and comes back', async () => {
  const everything = 'publish: ">", subscribe: { allow: ">"';
  const config = (deny: string): string => users(user('ann', `${everything}, deny: [ ${deny} ] }`));
  await using server = await ConfiguredServer.start(config('"nothing"'));
  const rig = await serve({ url: server.url('ann') });
  const heard: string[] = [];
  rig.transport.signals.listen('back.kept', (text) => void heard.push(text));
  await server.configure(config('"back.kept"'));
  await server.stop();
  await server.start();
  await until(
    'it is named',
    () => health(rig).includes('does not permit this connection to subscribe to "back.kept"'),
    30_000,
  );
  await server.configure(config('"nothing"'));
  await server.stop();
  await server.start();
  await until(
    'it is heard',
    () => {
      rig.transport.signals.notify('back.kept', 'hello');
      return heard.length > 0;
    },
    60_000,
  );
  expect(rig.lines.filter((line) => line.includes('"back.kept"'))).toHaveLength(1);
});

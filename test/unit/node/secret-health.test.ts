/** A node with an unreadable mesh secret reports it at once, and recovers when the record is repaired. */
import { describe, expect, it } from 'vitest';
import { secretKey } from '../../../runtime/cluster/mesh-secret.ts';
import { newKeyRecord } from '../../../runtime/core/mesh-keys.ts';
import { seededRandom } from '../../../runtime/core/random.ts';
import { NodeRig } from '../../support/node-rig.ts';

const calm = { kind: 'calm', intents: { alert: {} }, receive: () => undefined };
const spoilt = ['garbage', 'null', '{"v":1,"keys":[]}', '{"v":99}', '{"v":1,"keys":[{"id":"k","secret":"short"}]}'];

async function withSecret(text: string) {
  const rig = new NodeRig();
  const secret = rig.process().transport.bucket('secret');
  const revision = await rig.wait(secret.write(secretKey, text, 0));
  const { node } = await rig.start({ agents: [calm] });
  return { rig, node, secret, revision };
}

describe('an unreadable mesh secret', () => {
  it.each(spoilt)(
    'An unreadable mesh secret degrades a node as soon as it serves, with the reason: %s',
    async (text) => {
      const { node } = await withSecret(text);
      const { status, ready, reasons } = node.health;
      expect([status, ready]).toEqual(['degraded', false]);
      expect(reasons).toEqual([
        expect.stringMatching(/^nothing can be sent: the mesh's secret cannot be used: [^\n]+$/),
      ]);
      expect(reasons.join()).not.toContain('short');
    },
  );

  it('An unreadable mesh secret keeps a node degraded until it is repaired, without any send', async () => {
    const { rig, node, secret, revision } = await withSecret('garbage');
    await rig.pass(10_000);
    expect(node.health.status).toBe('degraded');
    await rig.wait(secret.write(secretKey, newKeyRecord(seededRandom(9)), revision));
    await rig.until('it is well again', () => node.health.status === 'ok');
    await rig.wait(node.tell('calm', { intent_type: 'alert' }));
    await rig.quiet(node);
  });

  it('A later unreadable secret degrades a node that needs an unknown key, and the node keeps sending', async () => {
    const { rig, node, secret, revision } = await withSecret(newKeyRecord(seededRandom(9)));
    await rig.wait(node.tell('calm', { intent_type: 'alert' }));
    const next = await rig.wait(secret.write(secretKey, 'garbage', revision));
    await rig.pass(2_000);
    await expect(rig.wait(node.place.secret.keyNamed('other'))).rejects.toMatchObject({ code: 'PARLEY_MESH_SECRET' });
    expect([node.health.status, node.health.ready]).toEqual(['degraded', true]);
    await rig.wait(node.tell('calm', { intent_type: 'alert' }));
    await rig.wait(secret.write(secretKey, newKeyRecord(seededRandom(9)), next));
    await rig.until('it is well again', () => node.health.status === 'ok');
  });

  it('A starting node does not replace an unreadable secret, and a mesh without one is not degraded', async () => {
    const { rig, secret } = await withSecret('garbage');
    expect((await rig.wait(secret.read(secretKey)))?.value).toBe('garbage');
    const fresh = new NodeRig();
    expect((await fresh.start({ agents: [calm] })).node.health.status).toBe('ok');
  });
});

import { describe, expect, it } from 'vitest';
import { MeshSecret, secretKey } from '../../../runtime/cluster/mesh-secret.ts';
import { ManualClock } from '../../../runtime/core/manual-clock.ts';
import { newKeyRecord } from '../../../runtime/core/mesh-keys.ts';
import { seededRandom } from '../../../runtime/core/random.ts';
import { type Entry, PermissionRefusedError, RevisionConflictError } from '../../../runtime/transport/index.ts';
import { turn } from '../../../runtime/transport/simulated/index.ts';

/** The bucket in memory; counts what it is asked. */
class Bucket {
  entry: Entry | undefined;
  reads = 0;
  /** Another node is first: its record is there when ours is written, and read only `late` reads later. */
  rival: { readonly value: string; late: number } | undefined;
  denied = false;

  async read(): Promise<Entry | undefined> {
    this.reads += 1;
    if (this.denied) throw new PermissionRefusedError('publish', '$JS.API.STREAM.MSG.GET.KV_m_secret');
    if (this.rival !== undefined && this.entry !== undefined && this.rival.late-- > 0) return undefined;
    return this.entry;
  }

  async write(key: string, value: string, expected: number): Promise<number> {
    if (this.rival !== undefined) this.entry = { value: this.rival.value, revision: 1, storedAt: 0 };
    if (key !== secretKey || (this.entry?.revision ?? 0) !== expected) throw new RevisionConflictError(key, expected);
    this.entry = { value, revision: expected + 1, storedAt: 0 };
    return expected + 1;
  }
}

let seed = 0;
const nodeOf = (bucket: Bucket, clock = new ManualClock()): MeshSecret =>
  new MeshSecret(bucket, clock, seededRandom(++seed));

describe('the secret of a mesh', () => {
  it('The secret of a mesh is created by the first node, and the same for all', async () => {
    const bucket = new Bucket();
    const [first, second] = [nodeOf(bucket), nodeOf(bucket)];
    const salt = await first.loadSalt();
    expect([await second.loadSalt(), salt.length]).toEqual([salt, 43]);
  });

  it('The secret of a mesh is that of the other node when two create it at once, also when the leader has it a moment later', async () => {
    const [bucket, clock] = [new Bucket(), new ManualClock()];
    bucket.rival = { value: newKeyRecord(seededRandom(999)), late: 2 };
    const loading = nodeOf(bucket, clock).loadSalt();
    for (let n = 0; n < 5; n++) {
      await turn();
      clock.advance(250);
    }
    bucket.rival = undefined;
    expect(await loading).toBe(await nodeOf(bucket).loadSalt());
  });

  it('The secret of a mesh is read once, however many ask', async () => {
    const bucket = new Bucket();
    const node = nodeOf(bucket);
    await Promise.all([node.keys(), node.keys(), node.loadSalt()]);
    await node.keys();
    expect(bucket.reads).toBe(1);
  });

  it('The secret of a mesh is read again for a new key, at most once a second however many are invented', async () => {
    const [bucket, clock] = [new Bucket(), new ManualClock()];
    const node = nodeOf(bucket, clock);
    const old = (await node.keys()).signing;
    const fresh = { id: 'fresh', secret: 'f'.repeat(43) };
    const kept = { id: old.id, secret: Buffer.from(old.secret).toString('base64url') };
    bucket.entry = { value: JSON.stringify({ v: 1, keys: [fresh, kept] }), revision: 2, storedAt: 0 };
    for (let n = 0; n < 100; n++) expect(await node.keyNamed(`invented${n}`)).toBeUndefined();
    expect(bucket.reads).toBe(1);
    clock.advance(1_000);
    expect((await node.keyNamed('fresh'))?.id).toBe('fresh');
    for (let n = 0; n < 100; n++) expect(await node.keyNamed(`invented${n}`)).toBeUndefined();
    expect([bucket.reads, (await node.keys()).signing.id, (await node.keyNamed(old.id))?.id]).toEqual([
      2,
      'fresh',
      old.id,
    ]);
  });

  it('The secret of a mesh is replaced by a salt of its own where it may not be read, and nothing is signed there', async () => {
    const bucket = new Bucket();
    bucket.denied = true;
    const [one, other] = [nodeOf(bucket), nodeOf(bucket)];
    const salt = await one.loadSalt();
    expect([await one.loadSalt(), salt.length, (await other.loadSalt()) === salt]).toEqual([salt, 43, false]);
    await expect(one.keys()).rejects.toMatchObject({ code: 'PARLEY_PERMISSION_REFUSED', retryable: false });
  });

  it('The secret of a mesh is not created again when its record cannot be read', async () => {
    const bucket = new Bucket();
    bucket.entry = { value: 'not JSON', revision: 7, storedAt: 0 };
    await expect(nodeOf(bucket).loadSalt()).rejects.toMatchObject({ code: 'PARLEY_MESH_SECRET' });
    expect(bucket.entry.value).toBe('not JSON');
  });
});

/** Many clients at one PGlite: none gets another's answer, none keeps the others waiting for ever. */
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../../runtime/database/index.ts';
import type { EmbeddedPglite } from '../../../runtime/embedded/index.ts';
import { newMesh, sharedPglite } from '../../support/database-rig.ts';
import { one, pgClient, rawSocket } from '../../support/pglite-clients.ts';

let pglite: EmbeddedPglite;

const client = () => pgClient(pglite.url);

describe('clients', () => {
  const shared = sharedPglite();
  beforeEach(() => {
    pglite = shared();
  });
  afterEach(async () => {
    await (await client()).query('drop table if exists kept');
  });

  it('Clients get their own answers, also to questions that arrive in pieces', async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(client));
    const long = 'x'.repeat(200_000);
    await Promise.all(
      clients.map(async (asked, n) => {
        for (let i = 0; i < 25; i++) {
          const { rows } = await asked.query(`select $1::text as value, ${n} as who`, [`${n}.${i}${long}`]);
          expect(rows[0].who).toBe(n);
          expect(rows[0].value === `${n}.${i}${long}`).toBe(true);
        }
      }),
    );
  });

  it('Clients wait for a transaction, and see it whole', async () => {
    const [writer, reader] = [await client(), await client()];
    await writer.query('create table kept (n int)');
    await writer.query('begin');
    await writer.query('insert into kept values (1)');
    const read = reader.query('select n from kept');
    await writer.query('insert into kept values (2)');
    await writer.query('commit');
    expect((await read).rows).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('Clients that vanish in a transaction leave nothing of it, and block no other client', async () => {
    const [lost, other] = [await client(), await client()];
    await lost.query('create table kept (n int)');
    await lost.query('begin');
    await lost.query('insert into kept values (1)');
    const read = other.query('select n from kept');
    lost.connection.stream.destroy();
    expect((await read).rows).toEqual([]);
  });

  it('Clients that fail in a transaction may roll it back', async () => {
    const failing = await client();
    await failing.query('begin');
    await expect(failing.query('select $1::int', ['none'])).rejects.toThrow(/invalid input syntax/);
    await expect(failing.query('select 1')).rejects.toThrow(/current transaction is aborted/);
    await failing.query('rollback');
    expect(await one(failing)).toEqual([{ one: 1 }]);
  });

  it('Clients that speak another protocol are disconnected, without an effect on others', async () => {
    const other = await client();
    for (const bytes of ['POST / HTTP/1.1\r\n\r\nselect 1', '\0\0\0\x08\0\x03\0\0?\0\0\0\x04', '\xff'.repeat(64)]) {
      const socket = await rawSocket(pglite.url);
      const said: Buffer[] = [];
      socket.on('data', (chunk) => said.push(chunk));
      socket.write(Buffer.from(bytes, 'latin1'));
      await once(socket, 'close');
      expect(Buffer.concat(said).toString('latin1')).toMatch(/C08P01\0M/);
      expect(await one(other)).toEqual([{ one: 1 }]);
    }
  });

  it('Clients with pools of one connection each work side by side', async () => {
    const mesh = newMesh();
    const pools = await Promise.all([1, 2, 3].map(() => openDatabase({ mesh, embedded: pglite })));
    for (const pool of pools) onTestFinished(() => pool.close());
    const table = `${pools[0]?.schema}.counted`;
    await pools[0]?.query(`create table ${table} (n int)`);
    await pools[0]?.query(`insert into ${table} values (0)`);
    await Promise.all(
      pools.flatMap((pool) =>
        Array.from({ length: 20 }, () =>
          pool.transaction(async (queries) => {
            const [row] = await queries.query<{ n: number }>(`select n from ${table}`);
            await queries.query(`update ${table} set n = $1`, [(row?.n ?? 0) + 1]);
          }),
        ),
      ),
    );
    expect(await pools[1]?.query(`select n from ${table}`)).toEqual([{ n: 60 }]);
  });

  it("Clients leave the process's own loop free while a statement runs", async () => {
    const asked = await client();
    let [turns, running] = [0, true];
    const turn = (): void => {
      turns++;
      if (running) setImmediate(turn);
    };
    turn();
    await asked.query('select count(*) from generate_series(1, 2000000)');
    running = false;
    expect(turns).toBeGreaterThan(1_000);
  });
});

/** Parley in an HTTP service: NATS away at the start, there, killed while it runs, and back. */
import { expect, it } from 'vitest';
import { startShop } from '../../../actors/examples/http-service.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/jetstream-rig.ts';
import { PlainServer } from '../../support/plain-server.ts';

it('lives on while NATS is away, says so, and handles what it accepted when NATS is back', async () => {
  await using nats = await PlainServer.open();
  const port = await freePort();
  await using shop = await startShop(nats.url, port);
  const url = `http://127.0.0.1:${port}`;
  const order = (id: string): Promise<Response> =>
    fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify({ order: id, item: 'book' }) });
  const health = async (): Promise<{ readonly status: string; readonly reasons: readonly string[] }> =>
    (await (await fetch(`${url}/healthz`)).json()) as { status: string; reasons: string[] };
  const fulfilled = async (id: string): Promise<boolean> =>
    (await (await fetch(`${url}/orders/${id}`)).text()).includes('fulfilled');

  expect(await health()).toMatchObject({ status: 'degraded' });
  expect((await health()).reasons.join()).toContain('not reached yet');
  const early = await order('early');
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '2']);

  nats.start();
  await shop.node.started;
  expect((await order('first')).status).toBe(202);
  await until('the first order is fulfilled', () => fulfilled('first'));
  expect(await health()).toMatchObject({ status: 'ok', reasons: [] });

  const accepted: string[] = [];
  for (let n = 0; n < 50; n++) {
    if (n === 25) await nats.kill();
    if ((await order(`o${n}`)).status === 202) accepted.push(`o${n}`);
    else if (n > 27) break;
  }
  expect(accepted.length).toBeGreaterThanOrEqual(25);
  await until('it says that it is degraded', async () => (await health()).status === 'degraded');
  expect((await fetch(`${url}/orders/none`)).status).toBe(404);

  nats.start();
  await until('it is well again', async () => (await health()).status === 'ok', 30_000);
  for (const id of [...accepted, 'early']) expect((await order(id)).status).toBeLessThan(300);
  for (const id of [...accepted, 'early']) await until(`${id} is fulfilled`, () => fulfilled(id));
}, 120_000);

it('refuses an order that makes no sense', async () => {
  await using nats = await PlainServer.open();
  nats.start();
  const port = await freePort();
  await using shop = await startShop(nats.url, port);
  await shop.node.started;
  for (const body of ['{', '{}', '{"order":""}']) {
    expect((await fetch(`http://127.0.0.1:${port}/orders`, { method: 'POST', body })).status).toBe(400);
  }
});

/** Parley in an HTTP service: NATS away at the start, there, killed while it runs, and back. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { type Shop, startShop } from '../../../actors/examples/http-service.ts';
import type { Health } from '../../../runtime/index.ts';
import { runScript } from '../../support/command.ts';
import { until } from '../../support/jetstream-rig.ts';
import { PlainServer } from '../../support/plain-server.ts';

/** An address without a server. */
const nowhere = 'nats://127.0.0.1:1';

const post = ({ url }: Pick<Shop, 'url'>, body: string): Promise<Response> =>
  fetch(`${url}/orders`, { method: 'POST', body });
const order = (shop: Pick<Shop, 'url'>, id: string): Promise<Response> =>
  post(shop, JSON.stringify({ order: id, item: 'book' }));
const health = async ({ url }: Pick<Shop, 'url'>): Promise<Health> =>
  (await (await fetch(`${url}/healthz`)).json()) as Health;
const state = async ({ url }: Pick<Shop, 'url'>, id: string): Promise<unknown> =>
  ((await (await fetch(`${url}/orders/${id}`)).json()) as { readonly state?: string }).state;

/** Holds what is shipped back until it is opened. */
function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

it('The service survives an outage of NATS, reports it, and ships accepted orders when NATS is back', async () => {
  await using nats = await PlainServer.open();
  const shipped: string[] = [];
  const warehouse = gate();
  await using shop = await startShop({
    nats: nats.url,
    port: 0,
    async ship({ order: id }) {
      if (id !== 'first') await warehouse.passed;
      shipped.push(id);
    },
  });

  expect(await health(shop)).toMatchObject({ status: 'degraded' });
  expect((await health(shop)).reasons.join()).toContain('not reached yet');
  const early = await order(shop, 'early');
  expect([early.status, early.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await early.json()).toMatchObject({ error: expect.stringContaining('fulfilment') as string });

  nats.start();
  await shop.node.started;
  expect((await order(shop, 'first')).status).toBe(202);
  await until('the first order is fulfilled', async () => (await state(shop, 'first')) === 'fulfilled');
  expect(await health(shop)).toMatchObject({ status: 'ok', reasons: [] });

  // more than a mailbox keeps in memory: the rest has to come from the store
  const accepted = Array.from({ length: 60 }, (_, n) => `o${n}`);
  for (const id of accepted) expect((await order(shop, id)).status).toBe(202);
  await nats.kill();
  await until('it says that it is degraded', async () => (await health(shop)).status === 'degraded');
  expect((await health(shop)).reasons.join()).toContain('no connection to nats-server');
  expect((await order(shop, 'meanwhile')).status).toBe(503);
  expect(await state(shop, 'o59')).toBe('accepted');
  expect(shipped).toEqual(['first']);

  nats.start();
  await until('it is well again', async () => (await health(shop)).status === 'ok');
  warehouse.open();
  for (const id of accepted) await until(`${id} is shipped`, async () => (await state(shop, id)) === 'fulfilled');
  expect(new Set(shipped)).toEqual(new Set(['first', ...accepted, ...shipped.filter((id) => id === 'meanwhile')]));
  for (const id of ['early', 'meanwhile']) {
    expect((await order(shop, id)).status).toBeLessThan(300);
    await until(`${id} is shipped`, async () => (await state(shop, id)) === 'fulfilled');
  }
});

it('The service leaves accepted orders in the mesh when it could not ship them: the next one does', async () => {
  await using nats = await PlainServer.open();
  nats.start();
  const accepted = Array.from({ length: 40 }, (_, n) => `o${n}`);
  {
    await using shop = await startShop({ nats: nats.url, port: 0, ship: () => gate().passed });
    await shop.node.started;
    for (const id of accepted) expect((await order(shop, id)).status).toBe(202);
    await shop.node.stop({ drainMs: 0 });
    const late = await order(shop, 'late');
    expect([late.status, await late.text()]).toEqual([503, expect.stringContaining('stopping')]);
  }
  const shipped: string[] = [];
  await using next = await startShop({ nats: nats.url, port: 0, ship: ({ order: id }) => void shipped.push(id) });
  await next.node.started;
  await until('all are shipped', () => shipped.length >= accepted.length);
  expect(shipped).toEqual(accepted);
});

it('The service names the fault of an invalid order', async () => {
  await using shop = await startShop({ nats: nowhere, port: 0, ship: () => undefined });
  for (const [body, why] of [
    ['{', 'not JSON'],
    ['{}', 'order'],
    ['{"order":"","item":"book"}', 'order'],
  ] as const) {
    const refused = await post(shop, body);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining(why)]);
  }
  expect((await fetch(`${shop.url}/orders/none`)).status).toBe(404);
  expect((await fetch(`${shop.url}/orders/none`, { method: 'DELETE' })).status).toBe(404);
});

it('The service survives a client that hangs up in the middle, or sends without end', async () => {
  await using shop = await startShop({ nats: nowhere, port: 0, ship: () => undefined });
  const { port, hostname } = new URL(shop.url);
  const head = 'POST /orders HTTP/1.1\r\nhost: shop\r\ncontent-length: 100000\r\n\r\n';
  const leaving = connect(Number(port), hostname);
  leaving.write(`${head}{"order":`);
  await once(leaving, 'connect');
  leaving.destroy();
  await once(leaving, 'close');
  const flooding = connect(Number(port), hostname)
    .on('error', () => undefined)
    .resume();
  flooding.write(head + 'x'.repeat(70_000));
  await once(flooding, 'close');
  expect(await health(shop)).toMatchObject({ status: 'degraded' });
});

it('The service does not start on a taken port, and leaves nothing behind', async () => {
  await using shop = await startShop({ nats: nowhere, port: 0, ship: () => undefined });
  const port = Number(new URL(shop.url).port);
  await expect(startShop({ nats: nowhere, port, ship: () => undefined })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('The service runs as a program, and ends at SIGTERM when its orders are done', async () => {
  await using nats = await PlainServer.open();
  nats.start();
  const shop = runScript('actors/examples/http-service.ts', [], { NATS_URL: nats.url, PORT: '0' });
  const url = (await shop.line(/^the shop answers at (http:\S+)$/))[1] ?? '';
  await until('it is well', async () => (await health({ url })).status === 'ok');
  expect((await order({ url }, 'o1')).status).toBe(202);
  await shop.line(/^shipped o1: book$/);
  shop.process.kill('SIGTERM');
  await shop.line(/^stopped$/);
  expect(await shop.ended).toBe(0);
});

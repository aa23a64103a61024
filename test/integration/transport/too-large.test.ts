import { expect, it } from 'vitest';
import { Workbench } from '../../contract/workbench.ts';
import { jetStreamRig } from '../../support/jetstream-rig.ts';
import { startTestServer } from '../../support/nats-server.ts';

it('The transport rejects a message that the server will never accept, and keeps sending', async () => {
  await using server = await startTestServer({ maxPayloadBytes: 64 * 1024 });
  await using bench = await Workbench.open(() => jetStreamRig(server.url));
  const outcome = await bench.publish(bench.lane('s'), 'large', 'x'.repeat(65_536));
  expect(outcome).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('max_payload') });
  expect(await bench.publish(bench.lane('s'), 'small')).toMatchObject({ kind: 'stored' });
});

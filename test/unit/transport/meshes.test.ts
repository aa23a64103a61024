/** Which meshes there are, told by the names of streams. */
import { expect, it } from 'vitest';
import { meshesIn } from '../../../runtime/transport/jetstream/meshes.ts';

it('A mesh is known by the streams of its state and of a bucket', () => {
  const streams = ['SHOP_STATE', 'KV_shop_mesh', 'KV_shop_agents', 'DEV_OPS_STATE', 'KV_dev_ops_mesh', 'SHOP_MBX_MAIN'];
  expect(meshesIn(streams)).toEqual(['dev_ops', 'shop']);
});

it.each([
  ['without a state', ['KV_shop_mesh']],
  ['without a bucket', ['SHOP_STATE', 'KV_shop_orders']],
  ['with a name that no mesh has', ['KV_Shop_mesh', 'SHOP_STATE', 'KV__mesh', '_STATE', 'Desk_STATE', 'KV_desk_mesh']],
])('Streams %s are no mesh', (_what, streams) => {
  expect(meshesIn(streams)).toEqual([]);
});

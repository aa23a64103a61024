/** Values that throw when they are examined: each still becomes a dead letter after its attempts. */
import { expect, it } from 'vitest';
import type { LooseAgent } from '../../support/node-rig.ts';
import { NodeRig } from '../../support/node-rig.ts';

const hostile = (traps: readonly (keyof ProxyHandler<object>)[], target: object = new Error('x')): object =>
  new Proxy(
    target,
    Object.fromEntries(
      traps.map((trap) => [
        trap,
        () => {
          throw new Error('trap');
        },
      ]),
    ),
  );

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

/** A result that looks like a promise, by a `then` that is read like this. */
const thenable = (read: () => unknown): object => Object.defineProperty({}, 'then', { get: read });

const throws =
  (make: () => unknown): LooseAgent['receive'] =>
  () => {
    throw make();
  };
const returns = (make: () => unknown): LooseAgent['receive'] => make as LooseAgent['receive'];

it.each([
  ['an error whose prototype cannot be read', throws(() => hostile(['getPrototypeOf']))],
  ['an error of which nothing can be read', throws(() => hostile(['getPrototypeOf', 'get', 'has', 'ownKeys']))],
  ['an array of which nothing can be read', throws(() => hostile(['getPrototypeOf', 'get', 'ownKeys'], []))],
  ['a revoked proxy', throws(revoked)],
  ['a promise that rejects with a revoked proxy', returns(() => Promise.reject(revoked()))],
  ['a promise of another library whose "then" throws', returns(() => thenable(() => throws(() => new Error('then'))))],
  ['one whose "then" throws a hostile value', returns(() => thenable(() => throws(() => hostile(['getPrototypeOf']))))],
  [
    'a result whose "then" cannot be read',
    returns(() =>
      thenable(() => {
        throw new Error('no then');
      }),
    ),
  ],
  ['a revoked proxy as the result', returns(revoked)],
])('A handler that throws %s is tried three times, then its intent is a dead letter', async (_what, receive) => {
  const rig = new NodeRig();
  const { node } = await rig.start({ agents: [{ kind: 'worker', intents: { alert: {} }, receive }] });
  await rig.wait(node.tell('worker', { intent_type: 'alert' }));
  await rig.quiet(node);
  expect(rig.letters).toMatchObject([{ reason: 'failed', attempts: 3 }]);
});

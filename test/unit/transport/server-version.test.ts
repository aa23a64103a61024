import { expect, it } from 'vitest';
import { checkReplicas } from '../../../runtime/transport/jetstream/mesh-streams.ts';
import { olderThan } from '../../../runtime/transport/jetstream/server-version.ts';

it.each([
  ['2.12.0', false],
  ['2.12.0-RC.3', false],
  ['2.15.1', false],
  ['2.100.0', false],
  ['3.0.0', false],
  ['2.11.99', true],
  ['2.9.10', true],
  ['1.99.0', true],
  ['2', true],
  ['nonsense', true],
  ['', true],
])('The version %j is compared with 2.12: %s', (version, older) => {
  expect(olderThan(version, [2, 12])).toBe(older);
});

it.each([
  ['2.12.0', 1],
  ['2.13.9', 1],
  ['2.14.0', 3],
  ['2.15.1', 3],
])('nats-server %s may keep %i replicas', (version, replicas) => {
  expect(() => checkReplicas(version, replicas)).not.toThrow();
});

it.each(['2.12.0', '2.13.9'])('nats-server %s may not keep replicas, which can differ for ever', (version) => {
  expect(() => checkReplicas(version, 3)).toThrow(
    expect.objectContaining({ code: 'PARLEY_SERVER_TOO_OLD', message: expect.stringContaining('and 3 are asked for') }),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AgentId } from '../../../runtime/core/ids.ts';
import { bucketPlace, logPlace, ownerSubject, stateStream } from '../../../runtime/core/store-places.ts';
import {
  consumerName,
  type MailboxSubject,
  mailboxStream,
  mailboxSubject,
  parseMailboxSubject,
  partitionSubjects,
  receiverOf,
  senderOf,
} from '../../../runtime/core/subjects.ts';

const at: MailboxSubject = {
  pool: 'main',
  partition: 7,
  to: { kind: 'resource', key: 'prod-api' },
  from: { kind: 'cost_monitor', key: undefined },
  lane: 'i',
};

it('A lane has one subject, with a missing key written as =', () => {
  expect(mailboxSubject('mesh', at)).toBe('mesh.mbx.main.7.resource.prod-api.cost_monitor.=.i');
  expect(mailboxSubject('mesh', at).startsWith(partitionSubjects('mesh', 'main', 7).slice(0, -1))).toBe(true);
});

it('A mailbox subject is read back, with its sender and receiver', () => {
  const agent: fc.Arbitrary<AgentId> = fc.record({
    kind: fc.stringMatching(/^[a-z][a-z0-9_]{0,63}$/),
    key: fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/), { nil: undefined }),
  });
  const subject: fc.Arbitrary<MailboxSubject> = fc.record({
    pool: fc.stringMatching(/^[a-z][a-z0-9_]{0,31}$/),
    partition: fc.nat(4_095),
    to: agent,
    from: agent,
    lane: fc.constantFrom('i' as const, 'r' as const, 'c' as const),
  });
  fc.assert(
    fc.property(subject, (made) => {
      expect(parseMailboxSubject(mailboxSubject('mesh', made))).toEqual(made);
    }),
  );
  expect([receiverOf(at), senderOf(at)]).toEqual(['resource/prod-api', 'cost_monitor']);
});

it.each([
  '',
  'mesh',
  'mesh.own.main.7',
  'mesh.mbx.main.7.resource.key.cost_monitor.=',
  'mesh.mbx.main.7.resource.key.cost_monitor.=.i.more',
  'mesh.mbx.main.7.resource.key.cost_monitor.=.x',
  'mesh.mbx.main.x.resource.key.cost_monitor.=.i',
  'mesh.mbx.main..resource.key.cost_monitor.=.i',
  'mesh.mbx.main.-1.resource.key.cost_monitor.=.i',
  'mesh.box.main.7.resource.key.cost_monitor.=.i',
])('A mailbox subject is not read from %j', (subject) => {
  expect(parseMailboxSubject(subject)).toBeUndefined();
});

it('Streams, buckets and consumers have the names that an operator sees', () => {
  expect(mailboxStream('mesh', 'main')).toBe('MESH_MBX_MAIN');
  expect([stateStream('mesh'), logPlace('mesh', 'dead').stream, bucketPlace('mesh', 'meshConfig').stream]).toEqual([
    'MESH_STATE',
    'MESH_DEAD',
    'KV_mesh_mesh',
  ]);
  expect([consumerName(3, '0a1b2c3d', 41), ownerSubject('mesh', 'main', 3)]).toEqual([
    'p3-0a1b2c3d-e41',
    'mesh.own.main.3',
  ]);
});

/** Durable records are checked by their shape; one that cannot be read is named, and hides no other. */
import { describe, expect, it } from 'vitest';
import { deadShape } from '../../../runtime/core/dead-record.ts';
import { escalationShape } from '../../../runtime/core/escalation.ts';
import { handledShape } from '../../../runtime/core/handled-record.ts';
import { reportShape } from '../../../runtime/core/node-report.ts';
import { kindShape, nodeShape } from '../../../runtime/core/registry-entry.ts';
import { type RecordShape, readAllStored, readStored } from '../../../runtime/core/stored-record.ts';

const escalation = {
  v: 1,
  escalation_id: 'e',
  agent: 'a',
  reason: 'agent',
  message: 'the disk is gone',
  detail: {},
  intent_id: null,
  root_intent_id: null,
  raised_at: '2026-01-01T00:00:00.000Z',
};

const good: readonly [string, RecordShape<object>, object][] = [
  ['a call for a human', escalationShape, escalation],
  [
    'a dead letter',
    deadShape,
    {
      v: 1,
      pool: 'main',
      partition: 0,
      seq: 1,
      subject: 's',
      reason: 'failed',
      attempts: 1,
      errors: [],
      died_at: '',
      payload: '',
      truncated: false,
    },
  ],
  ['a mark', handledShape, { v: 1, intent_id: 'i' }],
  ['a kind', kindShape, { v: 1, kind: 'a', pool: 'main', keyed: false, broadcasts: [], intents: { go: {} } }],
  [
    'a node',
    nodeShape,
    { v: 1, node: 'n', pool: 'main', kinds: [], state: 'serving', started_at: '', host: '', pid: 1 },
  ],
  [
    'a report',
    reportShape,
    {
      v: 1,
      node: 'n',
      counts: { held: 1 },
      instances: [{ id: 'a', status: 'idle', progress: '' }],
      instances_total: 1,
    },
  ],
];

const spoilt = [
  '{"v":99}',
  'null',
  'not JSON',
  '',
  '[]',
  '5',
  '"text"',
  '{}',
  '{"v":1}',
  '{"v":"1"}',
  '{"__proto__":{"v":1}}',
];

describe.each(good)('%s', (_what, shape, record) => {
  const text = JSON.stringify(record);

  it('A stored record is read as it was written, with additions of a later release', () => {
    const added = { ...record, added: [1] };
    expect(readStored(shape, { key: 'k', text: JSON.stringify(added) })).toEqual(added);
  });

  it.each(spoilt)('An unreadable record is named by its key when it is %j', (other) => {
    expect(() => readStored(shape, { key: 'k', text: other })).toThrow(
      expect.objectContaining({ code: 'PARLEY_UNREADABLE_RECORD', key: 'k', retryable: false }) as Error,
    );
  });

  it('A readable record is not hidden by an unreadable one', () => {
    const stored = [...spoilt, text].map((one, n) => ({ key: String(n), text: one }));
    const { records, unreadable } = readAllStored(shape, [{ key: 'first', text }, ...stored]);
    expect(records).toEqual([record, record]);
    expect(unreadable.map(({ key }) => key)).toEqual(spoilt.map((_one, n) => String(n)));
  });

  it('A stored record is unreadable with any of its fields of another type', () => {
    for (const field of Object.keys(record)) {
      const changed = JSON.stringify({ ...record, [field]: { v: 99 } });
      const { unreadable } = readAllStored(shape, [{ key: field, text: changed }]);
      if (field !== 'detail' && field !== 'counts') expect([field, unreadable.length]).toEqual([field, 1]);
    }
  });
});

it.each([[5], [null], [undefined], [{}], [['x']]])('A call whose message is %j is unreadable', (message) => {
  const text = JSON.stringify({ ...escalation, message });
  expect(readAllStored(escalationShape, [{ key: '1', text }]).unreadable).toMatchObject([
    { key: '1', reason: expect.stringContaining('"message"') as string },
  ]);
});

/** The server's answers to publishes, as nats-server writes them. */
import type { Msg } from 'nats';
import { expect, it } from 'vitest';
import { readPublishAnswer } from '../../../runtime/transport/jetstream/publish-answer.ts';

const answered = (text: string) => readPublishAnswer({ data: Buffer.from(text), headers: undefined } as unknown as Msg);

it.each([
  ['{"stream":"M_MBX_MAIN", "seq":1}', 1, false],
  ['{"stream":"M_MBX_MAIN", "seq":9007199254740991}', 9007199254740991, false],
  ['{"stream":"M_MBX_MAIN","seq":120}', 120, false],
  ['{"stream":"M", "domain":"hub", "seq":7}', 7, false],
  ['{"stream":"M","seq":7,"domain":"hub"}', 7, false],
  ['{"stream":"M","seq":7,"duplicate":true}', 7, true],
])('An answer %s means stored', (text, seq, duplicate) => {
  expect(answered(text)).toEqual({ kind: 'stored', seq, duplicate });
});

it.each(['{"stream":"M", "seq":0}', '{"stream":"M"}', '{}', '{"stream":"M", "seq":-1}'])(
  'An answer %s means not stored',
  (text) => {
    expect(answered(text)).toMatchObject({ kind: 'rejected', code: 0 });
  },
);

it('An answer with an error is read as such, whatever else it contains', () => {
  const error = { code: 503, err_code: 10077, description: 'maximum messages per subject exceeded' };
  expect(answered(JSON.stringify({ error, stream: 'M', seq: 0 }))).toEqual({ kind: 'mailbox_full' });
  expect(answered(JSON.stringify({ error, stream: 'M', seq: 12 }))).toEqual({ kind: 'mailbox_full' });
});

it.each(['x', '}', '{"stream":"', '{"stream":"M", "seq":', 'null', '"seq":5}', '{"stream":"M" "seq":1,}'])(
  'An answer %s leaves the outcome unknown',
  (text) => {
    expect(answered(text)).toMatchObject({ kind: 'unknown' });
  },
);

import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../../runtime/core/errors.ts';
import { compileInboxes } from '../../../runtime/transport/inbox-prefix.ts';

describe('the inbox prefix', () => {
  it.each<[string, string]>([
    ['_INBOX.a', ''],
    ['_INBOX.alice.x1.7', ''],
    ['_INBOX_alice.x1', '_INBOX_alice'],
    ['_INBOX_alice.x1', '_INBOX_alice.'],
  ])('Answers go to %s below the prefix %j', (reply, inboxPrefix) => {
    expect(compileInboxes(inboxPrefix === '' ? {} : { inboxPrefix }).mayAnswer(reply)).toBe(true);
  });

  it.each([
    '',
    '_INBOX',
    '_INBOX.',
    '_INBOX.>',
    '_INBOX.*',
    '_INBOX..a',
    '_INBOX_alice.a',
    '_inbox.a',
    'x._INBOX.a',
    '$KV.mesh_requests.a',
    '$JS.API.INFO',
    '_INBOX.a b',
    '_INBOX.a\r\nPUB x 0\r\n',
  ])('Answers do not go to %j', (reply) => {
    expect(compileInboxes({}).mayAnswer(reply)).toBe(false);
  });

  it('Answers go below a second prefix where clients have inboxes of their own, and below no third', () => {
    const { prefix, mayAnswer } = compileInboxes({ inboxPrefix: '_INBOX_node', replyPrefix: '_INBOX' });
    expect(prefix).toBe('_INBOX_node');
    expect(['_INBOX_node.a', '_INBOX.alice.a', '_INBOX_other.a'].map(mayAnswer)).toEqual([true, true, false]);
  });
});

it.each(['$KV', '$JS.API', '_INBOX.*', '>', 'a b', 'a..b', '.a', '', 'mesh', 'mesh.in', 'x'.repeat(129), 7])(
  'The prefix %j is refused',
  (inboxPrefix) => {
    expect(() => compileInboxes({ inboxPrefix: inboxPrefix as string }, 'mesh')).toThrow(InvalidOptionError);
    expect(() => compileInboxes({ replyPrefix: inboxPrefix as string }, 'mesh')).toThrow(InvalidOptionError);
  },
);

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketPlace, logPlace, ownerSubject } from '../../../runtime/core/store-places.ts';
import {
  checkPattern,
  checkQueue,
  checkSubject,
  everythingBelow,
  InvalidSubjectError,
  isSubject,
  subjectOf,
} from '../../../runtime/core/subject-rules.ts';
import * as subjects from '../../../runtime/core/subjects.ts';
import { hostileTokens, noTokens } from '../../support/hostile-tokens.ts';

const character = fc.constantFrom('a', 'Z', '7', '_', '-', '=', '$', '.', ' ', '\t', '\r\n', '*', '>', '\0', 'ä');

describe('a subject is built of checked tokens', () => {
  it('A subject is built of checked tokens separated by dots, numbers among them', () => {
    expect(subjectOf('mesh', 'mbx', 'main', 7, '=')).toBe('mesh.mbx.main.7.=');
    expect(everythingBelow('mesh', 'mbx')).toBe('mesh.mbx.>');
  });

  it.each(noTokens)('A subject is never built of %s', (_what, token) => {
    for (const place of [0, 1, 2]) {
      const tokens = ['mesh', 'mbx', 'main'];
      tokens[place] = token;
      expect(() => subjectOf(...tokens)).toThrow(InvalidSubjectError);
    }
  });

  it.each([[-1], [1.5], [Number.NaN], [Number.POSITIVE_INFINITY], [2 ** 53]])(
    'A subject is never built of the number %s',
    (number) => {
      expect(() => subjectOf('mesh', number)).toThrow(InvalidSubjectError);
    },
  );

  it('A subject has as many tokens as were given, or there is none, whatever the text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: character, maxLength: 4 }), { minLength: 1, maxLength: 6 }), (tokens) => {
        let made: string;
        try {
          made = subjectOf(...tokens);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidSubjectError);
          return;
        }
        expect(made.split('.')).toEqual(tokens);
        expect(isSubject(made)).toBe(true);
      }),
    );
  });
});

describe('names and subjects of a mesh', () => {
  const makers: Readonly<Record<string, (token: string) => string>> = {
    mailboxPool: (t) => subjects.mailboxSubject('mesh', { ...lane, pool: t }),
    mailboxReceiver: (t) => subjects.mailboxSubject('mesh', { ...lane, to: { kind: t, key: undefined } }),
    mailboxSenderKey: (t) => subjects.mailboxSubject('mesh', { ...lane, from: { kind: 'client', key: t } }),
    partition: (t) => subjects.partitionSubjects('mesh', t, 0),
    pool: (t) => subjects.poolSubjects('mesh', t),
    owner: (t) => ownerSubject('mesh', t, 0),
    closed: (t) => subjects.closedSubject('mesh', t),
    clientReply: (t) => subjects.clientReplySubject('mesh', t),
    node: (t) => subjects.nodeSubject('mesh', t),
    stream: (t) => subjects.mailboxStream('mesh', t),
    bucket: (t) => bucketPlace(t, 'meshConfig').prefix,
    log: (t) => logPlace(t, 'dead').prefix,
    ingress: (t) => subjects.ingressPattern(t),
    key: (t) => subjects.recordSubject('mesh.dead', `main.${t}`),
    keyPattern: (t) => subjects.recordPattern('mesh.dead', `main.${t}`),
    agentKey: (t) => subjects.agentKeyOf({ kind: 'agent', key: t }),
  };
  const lane = {
    pool: 'main',
    partition: 0,
    to: { kind: 'agent', key: 'a' },
    from: { kind: 'client', key: 'c' },
    lane: 'i',
  } as const;

  it.each(Object.entries(makers))('Every name and subject of a mesh refuses an invalid part: %s', (_name, make) => {
    for (const [, token] of hostileTokens) expect(() => make(token)).toThrow(InvalidSubjectError);
  });
});

describe('the subjects of a transport', () => {
  it.each(hostileTokens)('A transport refuses a subject with %s', (_what, token) => {
    expect(() => checkSubject(`mesh.${token}.x`)).toThrow(InvalidSubjectError);
    expect(() => checkSubject(`mesh.x.${token}`)).toThrow(InvalidSubjectError);
  });

  it.each(hostileTokens.filter(([, token]) => token !== '*' && token !== '>'))(
    'A transport refuses a pattern with %s',
    (_what, token) => {
      expect(() => checkPattern(`mesh.${token}.*`)).toThrow(InvalidSubjectError);
      expect(() => checkQueue(token)).toThrow(InvalidSubjectError);
    },
  );

  it.each(['mesh.*', 'mesh.>', '>', '*', '*.x.>', 'mesh.*.x'])('A transport accepts the pattern %s', (pattern) => {
    expect(checkPattern(pattern)).toBe(pattern);
  });

  it.each(['>.x', 'mesh.>.x', 'x.>>', '', '.', 'a..b'])('A transport refuses the pattern %j', (pattern) => {
    expect(() => checkPattern(pattern)).toThrow(InvalidSubjectError);
  });

  it('A transport refuses a subject longer than a line of the protocol', () => {
    expect(() => checkSubject('x'.repeat(5_000))).toThrow(InvalidSubjectError);
    expect(() => checkPattern(`${'x'.repeat(5_000)}.>`)).toThrow(InvalidSubjectError);
  });
});

/** The document of an error for external clients, beside its code. */
import { describe, expect, it } from 'vitest';
import { errorDocument } from '../../../runtime/gateway/error-document.ts';
import { IdempotencyUnknownError } from '../../../runtime/gateway/gateway-errors.ts';
import { errorAnswer } from '../../../runtime/gateway/http-answer.ts';
import { MailboxFullError, SendOutcomeUnknownError } from '../../../runtime/mailbox/mailbox-errors.ts';

describe('an error about an intent that may have been stored', () => {
  const unknown = new SendOutcomeUnknownError('lane', 'i-7', 'the store has not answered');

  it('An error about an intent that may be stored names the intent, in words too', () => {
    expect(errorDocument(unknown)).toMatchObject({ code: 'PARLEY_SEND_OUTCOME_UNKNOWN', intent_id: 'i-7' });
    expect(errorDocument(unknown).message).toContain('"i-7"');
    expect(errorDocument(new IdempotencyUnknownError('key', 'i-8'))).toMatchObject({ intent_id: 'i-8' });
  });

  it('An error about an intent that may be stored names it in the answer by HTTP', () => {
    expect(JSON.parse(errorAnswer(unknown).body)).toMatchObject({ error: { intent_id: 'i-7' } });
  });
});

it('An error about an intent that is not stored names none', () => {
  expect(errorDocument(new MailboxFullError('lane', 'lane'))).not.toHaveProperty('intent_id');
});

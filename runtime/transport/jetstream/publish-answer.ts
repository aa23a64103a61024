/** Reads the server's answer to a publish. */
import type { Msg } from 'nats';
import { reasonOf } from '../../core/errors.ts';
import type { PublishOutcome } from '../../core/publication.ts';
import { type ApiError, errCode } from './api.ts';
import { headersOf } from './headers.ts';

/** Any client that guesses the inbox may write to it: an unreadable answer does not tell whether the message was stored. */
export function readPublishAnswer(message: Msg): PublishOutcome {
  const { data } = message;
  if (data.length === 0) {
    const status = headersOf(message)?.code;
    return { kind: 'unavailable', reason: status === 503 ? 'no stream leader answers' : `status ${status}` };
  }
  const seq = plainSequence(data);
  if (seq > 0) return { kind: 'stored', seq, duplicate: false };
  try {
    return readDocument(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8'));
  } catch (error) {
    return { kind: 'unknown', reason: `an answer that cannot be read: ${reasonOf(error)}` };
  }
}

const beginning = Buffer.from('{"stream":"');
const beforeSequence = Buffer.from('"seq":');
const endOfObject = 125;
const zero = 48;

/**
 * Reads `{"stream":"…", "seq":n}`, which is what nearly every answer is, without making a text of it. An error would stand at the
 * beginning, and what else a server may say, at the end.
 * @returns 0 for any other answer
 */
function plainSequence(data: Uint8Array): number {
  let at = data.length - 1;
  if (data[at] !== endOfObject || !hasAt(data, 0, beginning)) return 0;
  let seq = 0;
  for (let weight = 1, digit = digitAt(data, --at); digit !== -1; digit = digitAt(data, --at), weight *= 10) {
    seq += weight * digit;
  }
  return hasAt(data, at - beforeSequence.length + 1, beforeSequence) ? seq : 0;
}

/** @returns -1 where there is none */
function digitAt(data: Uint8Array, at: number): number {
  const digit = (data[at] as number) - zero;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

function hasAt(data: Uint8Array, from: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (data[from + i] !== part[i]) return false;
  return true;
}

interface Answer {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: ApiError;
}

function readDocument(text: string): PublishOutcome {
  const { seq, duplicate, error } = JSON.parse(text) as Answer;
  if (error !== undefined) return readRefusal(error);
  if (seq !== undefined && seq > 0) return { kind: 'stored', seq, duplicate: duplicate === true };
  return {
    kind: 'rejected',
    code: 0,
    reason: `acknowledged with sequence 0, which means that nothing was stored: ${text}`,
  };
}

/** 10077 is the code of every failure to store: only its text tells a full lane from a full stream. */
function readRefusal(error: ApiError): PublishOutcome {
  if (error.err_code === errCode.storeFailed) {
    if (error.description.includes('per subject')) return { kind: 'mailbox_full' };
    if (error.description.includes('maximum')) return { kind: 'store_full' };
    return { kind: 'unavailable', reason: error.description };
  }
  if (
    error.err_code === errCode.duplicateInProcess ||
    error.err_code === errCode.tooManyRequests ||
    error.code === 503
  ) {
    return { kind: 'unavailable', reason: error.description };
  }
  return { kind: 'rejected', code: error.err_code, reason: error.description };
}

/** Reads the body of a request up to a limit: a larger body is refused before it is read. */
import type { IncomingMessage } from 'node:http';
import { IntentTooLargeError, MalformedJsonError } from '../core/intent-errors.ts';
import { parseExactly } from '../core/json-text.ts';
import { RequestError } from './gateway-errors.ts';

/**
 * Refuses a body whose announced length is above the limit, before anything else is checked.
 * @throws IntentTooLargeError
 */
export function checkAnnounced(request: Pick<IncomingMessage, 'headers'>, limit: number): void {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw new IntentTooLargeError(announced, limit);
}

/**
 * Requires this content type, because a page of another site can send other types, or none, without a CORS preflight
 * (Fetch standard, "CORS-safelisted request-header").
 */
const jsonType = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Reads a JSON body. @throws IntentTooLargeError, MalformedJsonError, RequestError */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (!jsonType.test(type)) {
    const found = type === '' ? 'has no content type' : `is ${JSON.stringify(type)}`;
    throw new RequestError(415, 'PARLEY_CONTENT_TYPE', `the body must be "application/json" in UTF-8, but ${found}`);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw new IntentTooLargeError(bytes, limit);
    chunks.push(chunk);
  }
  try {
    return parseExactly(Buffer.concat(chunks));
  } catch (cause) {
    throw new MalformedJsonError(cause);
  }
}

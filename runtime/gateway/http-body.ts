/** The body of a request, up to a limit: what is larger is refused before it is read. */
import type { IncomingMessage } from 'node:http';
import { IntentTooLargeError, MalformedJsonError } from '../core/intent-errors.ts';
import { RequestError } from './gateway-errors.ts';

/** @throws IntentTooLargeError, MalformedJsonError, RequestError */
export async function readJson(request: IncomingMessage, limit: number): Promise<unknown> {
  const type = request.headers['content-type'] ?? 'application/json';
  if (!/^application\/(\S+\+)?json\s*(;|$)/i.test(type)) {
    throw new RequestError(415, 'PARLEY_CONTENT_TYPE', `the body must be "application/json", but is "${type}"`);
  }
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limit) throw new IntentTooLargeError(announced, limit);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw new IntentTooLargeError(bytes, limit);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (cause) {
    throw new MalformedJsonError(cause);
  }
}

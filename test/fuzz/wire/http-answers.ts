/** Reads the answers on a connection (RFC 9112); checks each of them. */
import { DoorFault } from '../door.ts';
import { checkErrorDocument } from '../typed-error.ts';

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const headEnd = Buffer.from('\r\n\r\n');
const nextAnswer = Buffer.from('HTTP/1.1 ');

/** @param mayLackBodies some of the requests may have asked for heads alone. @throws DoorFault for what is no HTTP */
export function answersIn(received: Buffer, mayLackBodies: boolean): readonly Answer[] {
  const answers: Answer[] = [];
  for (let rest = received; rest.length > 0; ) {
    const end = rest.indexOf(headEnd);
    const [line = '', ...fields] = rest.subarray(0, Math.max(0, end)).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(line)?.[1]);
    if (Number.isNaN(status)) throw new DoorFault(`this is no answer: ${show(rest)}`);
    const headers = new Map(fields.map((field) => headerOf(field)));
    rest = rest.subarray(end + headEnd.length);
    const length = status < 200 || status === 204 ? 0 : Number(headers.get('content-length'));
    if (!Number.isSafeInteger(length)) throw new DoorFault(`an answer ${status} does not say how long it is`);
    const lacksBody = mayLackBodies && (rest.length === 0 || rest.indexOf(nextAnswer) === 0);
    const body = rest.subarray(0, lacksBody ? 0 : length);
    if (!lacksBody && body.length < length) throw new DoorFault(`an answer ${status} ends too early: ${show(body)}`);
    rest = rest.subarray(body.length);
    answers.push({ status, headers, body: body.toString('utf8') });
  }
  return answers;
}

/** @throws DoorFault unless it is an answer that a client can understand */
export function checkAnswer({ status, headers, body }: Answer): void {
  if (status < 400) return;
  const type = headers.get('content-type');
  if (type !== 'application/json') throw new DoorFault(`an answer ${status} is ${type}, no JSON`);
  if (body === '') return;
  const document = documentOf(body);
  // not ready: the document is the health
  if (status === 503 && typeof (document as { ready?: unknown }).ready === 'boolean') return;
  checkErrorDocument(document);
  const { retryable } = (document as { readonly error: { readonly retryable: boolean } }).error;
  if (status >= 500 && !(retryable && (status === 503 || status === 504))) {
    throw new DoorFault(`an answer ${status}: ${body.slice(0, 600)}`);
  }
}

/** @throws DoorFault */
export function documentOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new DoorFault(`an answer is no JSON: ${body.slice(0, 200)}`);
  }
}

function headerOf(field: string): readonly [string, string] {
  const colon = field.indexOf(':');
  return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
}

const show = (bytes: Buffer): string => JSON.stringify(bytes.subarray(0, 200).toString('latin1'));

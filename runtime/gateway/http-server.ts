/** The HTTP server of a gateway: its limits, its answers, its shutdown. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../core/clock.ts';
import { ParleyError, reasonOf, show } from '../core/errors.ts';
import { limitConnections } from './connection-limit.ts';
import { RequestError } from './gateway-errors.ts';
import { errorAnswer, type HttpAnswer } from './http-answer.ts';
import { OpenSockets } from './open-sockets.ts';

/** The port is in use, or the address does not belong to this machine. */
export class GatewayAddressError extends ParleyError {
  constructor(host: string, port: number, cause: unknown) {
    super('PARLEY_GATEWAY_ADDRESS', `the gateway cannot listen on ${host}:${port}: ${reasonOf(cause)}`, { cause });
  }
}

export interface HttpServer {
  readonly port: number;
  /** Stops intake, answers the requests in progress, cuts connections that are silent or have sent half a request. */
  stop(): Promise<void>;
}

/** Milliseconds and counts: far above the needs of a client, far below the capacity of a node. */
const limits = Object.freeze({
  /** The time for a request to arrive in full. */
  requestMs: 30_000,
  /** The time for its headers to arrive. */
  headersMs: 10_000,
  /** The idle time between two requests on one connection. */
  keepAliveMs: 5_000,
  /** The interval at which Node checks connections against these limits. */
  lookMs: 1_000,
  headerBytes: 16 * 1024,
  connections: 512,
});

type Route = (request: IncomingMessage) => Promise<HttpAnswer>;

/** Starts the server. @throws GatewayAddressError */
export async function startHttpServer(host: string, port: number, route: Route, clock: Clock): Promise<HttpServer> {
  let stopping = false;
  const options = {
    requestTimeout: limits.requestMs,
    headersTimeout: limits.headersMs,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: limits.lookMs,
    maxHeaderSize: limits.headerBytes,
    // the guard reports a missing host with a reason
    requireHostHeader: false,
  };
  const server = createServer(options);
  // a client may half-close after its last request and still wait for answers (RFC 9112, section 9.6)
  Object.assign(server, { httpAllowHalfOpen: true });
  const sockets = new OpenSockets(server, clock);
  const take = (request: IncomingMessage, response: ServerResponse, by: Route): void =>
    sockets.of(request.socket).take(request, response, () => void answer(by, request, response, () => stopping));
  server.on('request', (request, response) => take(request, response, route));
  // without these listeners Node closes the connection, or answers without a reason
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    take(request, response, () => Promise.reject(unexpected(request))),
  );
  server.on('connect', (_request: IncomingMessage, socket: Duplex) =>
    sockets.of(socket).fail(() => answerBare(socket, noProxy)),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else sockets.of(socket).fail(() => answerBroken(error, socket));
  });
  limitConnections(server, limits.connections, (socket) => sockets.of(socket).isBusy);
  await listen(server, host, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      stopping = true;
      await sockets.close();
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(new GatewayAddressError(host, port, cause)));
    server.listen(port, host, () => resolve());
  });
}

/** @param isStopping then each answer closes its connection: a client that keeps sending would keep the server open */
async function answer(
  route: Route,
  request: IncomingMessage,
  response: ServerResponse,
  isStopping: () => boolean,
): Promise<void> {
  const { status, headers, body } = await route(request).catch(errorAnswer);
  // the unread rest of a refused body would be parsed as the next request
  if (!request.complete || isStopping()) response.shouldKeepAlive = false;
  const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...headers, ...length }).end(body);
  if (!request.complete) response.once('finish', () => request.destroy());
}

/** Answers a malformed or late request, for which Node provides only the socket. */
function answerBroken(error: NodeJS.ErrnoException, socket: Duplex): void {
  // ignores bytes after a request that ended the connection (RFC 9112, section 9.6)
  if (error.code === 'HPE_CLOSED_CONNECTION') {
    socket.end();
    return;
  }
  const [status, why] = broken[error.code ?? ''] ?? [400, 'the request is no HTTP/1.1'];
  answerBare(socket, new RequestError(status, 'PARLEY_BAD_REQUEST', why));
}

/** Answers on a bare socket, then ends the connection. */
function answerBare(socket: Duplex, error: RequestError): void {
  const { status, headers, body } = errorAnswer(error);
  const fields = { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}

const noProxy = new RequestError(405, 'PARLEY_METHOD', 'the gateway is no proxy: it does not take CONNECT', {
  allow: 'GET, HEAD, POST, OPTIONS',
});

const unexpected = ({ headers }: IncomingMessage): RequestError =>
  new RequestError(417, 'PARLEY_EXPECTATION', `"expect" may be "100-continue" alone, not ${show(headers.expect)}`);

const broken: Readonly<Record<string, readonly [number, string]>> = {
  HPE_HEADER_OVERFLOW: [431, `headers are larger than ${limits.headerBytes} bytes`],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request did not arrive in time'],
};

/** Runs the contract of transports on JetStream, with a real nats-server. */
import { afterAll, beforeAll } from 'vitest';
import { transportContract } from '../../contract/transport-contract.ts';
import { jetStreamRig } from '../../support/jetstream-rig.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

transportContract('JetStream', () => jetStreamRig(server.url));

import { transportContract } from '../../contract/transport-contract.ts';
import { jetStreamRig } from '../../support/jetstream-rig.ts';

const url = process.env.TEST_NATS_URL ?? 'nats://127.0.0.1:14222';
transportContract('JetStream', () => jetStreamRig(url));

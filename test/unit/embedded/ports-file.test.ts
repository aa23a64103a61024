import { expect, it } from 'vitest';
import { parsePorts } from '../../../runtime/embedded/launch.ts';

it.each([
  ['{"nats":["nats://127.0.0.1:39441"]}', 39441],
  ['{\n  "nats": [\n    "nats://127.0.0.1:4222"\n  ],\n  "cluster": ["nats://127.0.0.1:6222"]\n}', 4222],
  ['{"cluster":["nats://127.0.0.1:6222"]}', undefined],
  ['{"nats":["nats://127', undefined],
  ['', undefined],
])('The port for clients is read from %j: %s', (text, port) => {
  expect(parsePorts(text)).toBe(port);
});

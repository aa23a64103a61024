import { expect, it } from 'vitest';
import { serversOf, withoutSecrets } from '../../../runtime/transport/jetstream/connection-settings.ts';

it.each([
  ['nats://a:4222', { servers: ['nats://a:4222'] }],
  ['a:4222, b:4222', { servers: ['a:4222', 'b:4222'] }],
  ['nats://u:p@a', { servers: ['nats://a'], user: 'u', pass: 'p' }],
  ['u:p@a', { servers: ['a'], user: 'u', pass: 'p' }],
  ['nats://a,tls://u:p%40%3A@b', { servers: ['nats://a', 'tls://b'], user: 'u', pass: 'p@:' }],
  ['nats://secret@a', { servers: ['nats://a'], token: 'secret' }],
  ['nats://u:100%@a', { servers: ['nats://a'], user: 'u', pass: '100%' }],
  ['nats://u:@a', { servers: ['nats://a'], user: 'u', pass: '' }],
])('The servers of %s are read', (url, wanted) => {
  expect(serversOf(url)).toEqual(wanted);
});

it('The printed URL shows no secret', () => {
  expect(withoutSecrets('nats://u:p@a:1,tls://token@b')).toBe('nats://a:1,tls://b');
  expect(withoutSecrets('u:p@a')).toBe('a');
});

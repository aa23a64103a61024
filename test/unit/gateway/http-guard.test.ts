/** A browser is no way in: which hosts the gateway answers for, and which pages may call it. */
import { describe, expect, it } from 'vitest';
import { guard, type RequestSource } from '../../../runtime/gateway/http-guard.ts';
import { readTarget } from '../../../runtime/gateway/http-target.ts';

const rules = { hosts: new Set(['parley.internal']), origins: new Set(['https://ops.example']) };
const client: RequestSource = {
  authority: '127.0.0.1:8080',
  origin: undefined,
  fetchSite: undefined,
  fetchMode: undefined,
  method: 'POST',
  localAddress: '127.0.0.1',
};
const verdict = (source: Partial<RequestSource>): number => {
  try {
    guard(rules, { ...client, ...source });
    return 200;
  } catch (error) {
    return (error as { status: number }).status;
  }
};

describe('a request that asks for host', () => {
  it.each([
    'localhost',
    'LOCALHOST:8080',
    'agents.localhost',
    '127.0.0.1',
    '127.9.9.9:1',
    '[::1]:8080',
    'parley.internal:80',
    'Parley.Internal',
  ])('A request to host %s is answered', (authority) => {
    expect(verdict({ authority })).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.168.1.5',
    '[::2]',
    '',
    'localhost:port',
    'user@localhost',
    'localhost/',
    'parley.internal.',
    ' localhost',
    '2130706433',
    '0x7f.1',
  ])('A request to host "%s" is refused', (authority) => {
    expect(verdict({ authority })).toBe(421);
  });

  it('A request to the address of a gateway on all addresses is answered', () => {
    expect(verdict({ authority: '10.0.0.7:8080', localAddress: '::ffff:10.0.0.7' })).toBe(200);
    expect(verdict({ authority: '10.0.0.8:8080', localAddress: '::ffff:10.0.0.7' })).toBe(421);
    expect(verdict({ authority: '[FE80::1]:8080', localAddress: 'fe80::1' })).toBe(200);
  });
});

describe('a page', () => {
  it.each<[string, Partial<RequestSource>, number]>([
    ['of a listed origin may call it', { origin: 'https://ops.example', fetchSite: 'cross-site' }, 200],
    ['of another origin may not', { origin: 'https://evil.example' }, 403],
    ['of a listed host with another scheme may not', { origin: 'http://ops.example' }, 403],
    ['on loopback may not, on another port is another origin', { origin: 'http://127.0.0.1:3000' }, 403],
    ['without an origin of its own may not', { origin: 'null' }, 403],
    ['may not by an image', { method: 'GET', fetchSite: 'cross-site', fetchMode: 'no-cors' }, 403],
    ['of the same site may not by an image', { method: 'GET', fetchSite: 'same-site', fetchMode: 'no-cors' }, 403],
    ['may not by a form', { fetchSite: 'cross-site', fetchMode: 'navigate' }, 403],
    ['may link to it', { method: 'GET', fetchSite: 'cross-site', fetchMode: 'navigate' }, 200],
    ['that a person opened is answered', { method: 'GET', fetchSite: 'none', fetchMode: 'navigate' }, 200],
  ])('A page is judged by its origin: %s', (_what, source, status) => {
    expect(verdict(source)).toBe(status);
  });
});

describe('a target', () => {
  it.each<[string, string, string, string]>([
    ['/healthz', 'localhost', '/healthz', 'localhost'],
    ['/healthz?verbose=1', 'localhost', '/healthz', 'localhost'],
    ['http://127.0.0.1:80/v1/intents?x', 'evil.example', '/v1/intents', '127.0.0.1:80'],
    ['HTTP://evil.example', 'localhost', '/', 'evil.example'],
    ['*', 'localhost', '*', 'localhost'],
    ['//evil.example/healthz', 'localhost', '//evil.example/healthz', 'localhost'],
  ])('Target %s with host %s is path %s of %s', (target, host, path, authority) => {
    expect(readTarget(target, host)).toEqual({ path, authority });
  });

  it.each([
    ['/healthz', undefined],
    ['/healthz', ''],
    ['http:///healthz', ''],
    ['https://localhost/healthz', 'localhost'],
    ['healthz', 'localhost'],
  ])('Target %s with host %s is refused', (target, host) => {
    expect(() => readTarget(target, host)).toThrow(/host|path/);
  });
});

import { expect, it } from 'vitest';
import { compileGateway } from '../../../runtime/gateway/gateway-options.ts';

it.each([
  'a-token-of-some-length\n',
  ' a-token-of-some-length',
  'a-token-of-some-length\r\n',
  'ein-Schlüssel-für-die-Tür',
])('The gateway refuses token %j, which no header can carry, and does not show it', (token) => {
  expect(() => compileGateway({ token })).toThrow(/"token" must be ASCII .* but is "\(not shown\)"/);
});

it.each(['a-token-of-some-length', 'a token with blanks in it'])('The gateway accepts token %j', (token) => {
  expect(compileGateway({ token }).token).toBe(token);
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { version } from '../../../runtime/core/version.ts';

it('The version is that of package.json', () => {
  expect(JSON.parse(readFileSync('package.json', 'utf8'))).toMatchObject({ version });
});

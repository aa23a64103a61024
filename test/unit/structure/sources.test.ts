/** Rules that the sources themselves must keep: time and randomness come as arguments, files stay short. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

function sources(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

const product = [...sources('runtime'), ...sources('supervision'), ...sources('actors')];

function holding(files: readonly string[], pattern: RegExp, except: readonly string[] = []): readonly string[] {
  return files.filter((file) => !except.includes(file) && pattern.test(readFileSync(file, 'utf8')));
}

it('The check sees the sources', () => {
  expect(product.length).toBeGreaterThan(100);
  expect(holding(product, /systemClock/).length).toBeGreaterThan(1);
});

it('The sources read real time in core/clock.ts alone', () => {
  const clock = ['runtime/core/clock.ts'];
  expect(holding(product, /\bDate\.now|new Date\(|\bperformance\.now|\bsetTimeout\(|\bsetInterval\(/, clock)).toEqual(
    [],
  );
});

it('The sources read real randomness in core/random.ts alone', () => {
  expect(holding(product, /Math\.random|randomUUID|randomBytes|getRandomValues/, ['runtime/core/random.ts'])).toEqual(
    [],
  );
});

it('The sources spread no array into the arguments of a call: of 150,000 values the stack overflows', () => {
  const spread =
    /Math\.(max|min)\([^;()]*\.\.\.|\.(push|unshift|concat)\(\s*\.\.\.|fromCharCode\(\s*\.\.\.|\.splice\([^)]*\.\.\./;
  expect(holding(product, spread)).toEqual([]);
});

it('The sources have no "any", and switch no check off', () => {
  expect(holding(product, /:\s*any\b|\bas any\b|<any>|@ts-(ignore|expect-error|nocheck)|biome-ignore/)).toEqual([]);
});

const lengths = [...product, ...sources('bench')].map((file) => ({
  file,
  lines: readFileSync(file, 'utf8').split('\n').length - 1,
}));

it('has no file of more than 250 lines', () => {
  expect(lengths.filter(({ lines }) => lines > 250)).toEqual([]);
});

it('has files of at most 120 lines in the median', () => {
  const ascending = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
  expect(ascending[Math.floor(ascending.length / 2)]).toBeLessThanOrEqual(120);
});

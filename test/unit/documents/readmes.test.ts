/** The READMEs: links lead somewhere, the root page stays short, each room has its page. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { filesBelow } from '../../support/documents/files-below.ts';
import { inlineCodeOf, readmes, textOf } from '../../support/documents/readmes.ts';

const { repository } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly repository: { readonly url: string };
};
const pages = `${repository.url.replace(/^git\+|\.git$/g, '')}/blob/main/`;

const linksOf = (readme: string): readonly string[] =>
  [...textOf(readme).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);

it('The root README links by absolute addresses, because npm shows that page alone', () => {
  const links = linksOf('README.md');
  expect(links.filter((link) => !link.startsWith(pages))).toEqual([]);
  expect(links.map((link) => link.slice(pages.length)).filter((path) => !existsSync(path))).toEqual([]);
  expect(links.length).toBeGreaterThan(10);
});

it('Every other README links to files that exist', () => {
  const dead = readmes
    .filter((readme) => readme !== 'README.md')
    .flatMap((readme) =>
      linksOf(readme)
        .filter((link) => !/^(https?:|#)/.test(link))
        .filter((link) => !existsSync(join(dirname(readme), link.replace(/#.*/, ''))))
        .map((link) => `${readme}: ${link}`),
    );
  expect(dead).toEqual([]);
});

it('READMEs name only files and folders of the project that exist', () => {
  const dead = readmes.flatMap((readme) =>
    [...textOf(readme).matchAll(/`((?:runtime|actors|supervision|policies|test|bench)\/[\w./-]+)`/g)]
      .map(([, path = '']) => path)
      .filter((path) => !existsSync(path))
      .map((path) => `${readme}: ${path}`),
  );
  expect(dead).toEqual([]);
});

/** Files of a reader, not of the project. */
const readersOwn: ReadonlySet<string> = new Set(['app.ts']);

it('READMEs name only source files that exist', () => {
  const names = new Set(
    ['.ts', '.rego', '.py', '.sh'].flatMap((ending) => filesBelow('.', ending)).map((file) => basename(file)),
  );
  const dead = readmes.flatMap((readme) =>
    inlineCodeOf(readme)
      .filter((code) => /^[\w-]+\.(ts|rego|py|sh)$/.test(code))
      .filter((code) => !names.has(code) && !readersOwn.has(code))
      .map((code) => `${readme}: ${code}`),
  );
  expect(dead).toEqual([]);
});

it('The prose of the root README keeps to about 1,200 words', () => {
  const prose = textOf('README.md')
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/\]\([^)]*\)/g, ']');
  const words = prose.split(/\s+/).filter((word) => /\w/.test(word));
  expect(words.length).toBeLessThan(1_300);
});

/** What they hold is one or two files, whose first lines say it. */
const withoutPage: readonly string[] = ['coordination', 'reasoning'];

it('Each room of the runtime has a README', () => {
  const rooms = readdirSync('runtime', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const silent = rooms.map(({ name }) => name).filter((name) => !existsSync(`runtime/${name}/README.md`));
  expect(silent).toEqual(withoutPage);
});

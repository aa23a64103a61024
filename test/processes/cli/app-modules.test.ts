/** `parley run` explains why and where a module cannot be loaded, with exit code 1. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runParley } from '../../support/command.ts';

it.each<[string, string, string, RegExp]>([
  [
    'whose top-level await never ends',
    'app.mjs',
    'await new Promise(() => undefined);\nexport default { agents: [] };\n',
    /"\S+app.mjs" never finishes loading: a top-level await, in it or in what it imports, waits for something that cannot come any more \(PARLEY_APP_MODULE\)/,
  ],
  [
    'with a syntax error',
    'app.mjs',
    'const a = 1;\nconst = 5;\n',
    /cannot be loaded: Unexpected token '=' \(\S+app.mjs:2\)/,
  ],
  ['with a syntax error in CommonJS', 'app.cjs', '\n\nconst = 5;\n', /Unexpected token '=' \(\S+app.cjs:3\)/],
  ['with a syntax error in TypeScript', 'app.ts', 'const a = 1;\nconst = 5;\n', /\S+app.ts:2/],
  ['that uses an unknown name', 'app.mjs', '\nnowhere();\n', /nowhere is not defined \(\S+app.mjs:2\)/],
  ['that throws a text', 'app.mjs', 'throw "no luck";\n', /cannot be loaded: no luck \(PARLEY/],
  [
    'that imports a name that is not exported',
    'app.mjs',
    '\nimport { no } from "node:fs";\n',
    /named 'no' \(\S+app.mjs:2\)/,
  ],
  [
    'that imports what is not there',
    'app.mjs',
    'import "./gone.mjs";\n',
    /Cannot find module '\S+gone.mjs' imported from \S+app.mjs \(\S+app.mjs:1\)/,
  ],
  [
    'that imports a package that is not there',
    'app.mjs',
    '\n\nimport { x } from "no-such-package/part";\n',
    /Cannot find package 'no-such-package' imported from \S+app.mjs \(\S+app.mjs:3\)/,
  ],
  [
    'that requires what is not there',
    'app.cjs',
    '\nrequire("./gone.cjs");\n',
    /Cannot find module '.\/gone.cjs'\nRequire stack:\n- \S+app.cjs \(\S+app.cjs:2\)/,
  ],
  [
    'in TypeScript that throws, by the line of its source',
    'app.ts',
    'interface Offer {\n  price: number;\n}\n\nconst offer: Offer | undefined = undefined;\nexport default offer!.price;\n',
    /Cannot read properties of undefined \(reading 'price'\) \(\S+app.ts:6\)/,
  ],
  [
    'in TypeScript that imports what is not there',
    'app.ts',
    'interface Offer {\n  price: number;\n}\nimport "./gone.js";\n',
    /Cannot find module '\S*gone.js'[\s\S]+ \(\S+app.ts:4\)/,
  ],
])('A module %s is refused with the reason', async (_what, name, text, pattern) => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-module-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), text);
  const run = runParley(['run', join(folder, name)]);
  expect(await run.ended).toBe(1);
  expect(run.errors.join('\n')).toMatch(pattern);
  expect(run.errors.join('\n')).not.toMatch(/^\s+at /m);
  expect(run.lines).toEqual([]);
});

it('A syntax error in an imported module is found too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-module-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'app.mjs'), 'import "./part.mjs";\n');
  await writeFile(join(folder, 'part.mjs'), '\n\nconst = 5;\n');
  const run = runParley(['run', join(folder, 'app.mjs')]);
  expect(await run.ended).toBe(1);
  expect(run.errors.join('\n')).toMatch(/Unexpected token '=' \(\S+part.mjs:3\)/);
});

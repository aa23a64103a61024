/** Finds where an error arose in a user's module: Node says so in the stack or in the message, or not at all. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeOf } from '../core/stack.ts';

const checkMs = 10_000;
/** Modules of an app that are looked through for a syntax error. */
const checkedModules = 50;

/** Returns ` (app.ts:3)`; empty when the place is unknown, or the message has file and line already. */
export async function placeIn(file: string, error: unknown): Promise<string> {
  if (!(error instanceof Error)) return '';
  const imported = await placeOfImport(error.message);
  if (imported !== undefined) return ` (${imported})`;
  if (error.message.includes(file)) return '';
  const place = placeFromStack(error.stack ?? '');
  if (place !== undefined) return ` (${place})`;
  if (!(error instanceof SyntaxError)) return '';
  return ` (${(await placeOfSyntaxError(file)) ?? 'in a module that it imports'})`;
}

/** Reads the head of a syntax error's stack, `<file>:<line>`, or else the first call outside Node, packages and the runtime. */
function placeFromStack(stack: string): string | undefined {
  const [head = ''] = stack.split('\n', 1);
  return headPlace(head) ?? placeOf(stack);
}

/** Finds the line that imports what is not there: Node names the module and its importer. */
async function placeOfImport(message: string): Promise<string | undefined> {
  const [, gone, importer] =
    /Cannot find (?:module|package) '([^']+)'(?: imported from |\nRequire stack:\n- )([^\n]+)/.exec(message) ?? [];
  if (gone === undefined || importer === undefined) return undefined;
  const path = pathOf(importer);
  const lines = (await textOf(path)).split('\n');
  const at = lines.findIndex((line) => specifiersIn(line).some((name) => name === gone || isOf(name, path, gone)));
  return at === -1 ? undefined : `${path}:${at + 1}`;
}

/** A package may be imported by a path below it. */
const isOf = (name: string, importer: string, gone: string): boolean =>
  name.startsWith('.') ? resolve(dirname(importer), name) === pathOf(gone) : name.startsWith(`${gone}/`);

/**
 * Finds a syntax error in the module, or in one that it imports by path: Node omits the place in an ES module, but prints it for
 * `node --check`.
 */
async function placeOfSyntaxError(file: string): Promise<string | undefined> {
  const modules = new Set([file]);
  for (const path of modules) {
    const place = await placeFromCheck(path);
    if (place !== undefined) return place;
    const names = specifiersIn(await textOf(path)).filter((name) => name.startsWith('.'));
    for (const name of names) if (modules.size < checkedModules) modules.add(resolve(dirname(path), name));
  }
  return undefined;
}

function placeFromCheck(file: string): Promise<string | undefined> {
  return new Promise((settle) => {
    execFile(process.execPath, ['--check', file], { timeout: checkMs }, (_error, _out, errors) => {
      settle(errors.split('\n').map(headPlace).find(Boolean));
    });
  });
}

const specifiersIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b(?:from|import|require)\b\s*\(?\s*(['"])([^'"\n]+)\1/g)].map(([, , name = '']) => name);

/** Of a module that is gone: empty. */
const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

function headPlace(text: string): string | undefined {
  const [, url, line] = /^(file:\/\/\S+|\/.+):(\d+)$/.exec(text) ?? [];
  return url === undefined ? undefined : `${pathOf(url)}:${line}`;
}

const pathOf = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url) : url);

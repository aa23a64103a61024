/** Finds where an error arose in a user's module: Node provides it in the stack, or not at all. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const checkMs = 10_000;
/** The runtime's own files: the place of a mistake in an app is never among them. */
const runtime = new URL('..', import.meta.url).href;

/** Returns ` (app.ts:3)`; empty when the message names the file already, or the place is unknown. */
export async function placeIn(file: string, error: unknown): Promise<string> {
  if (!(error instanceof Error) || error.message.includes(file)) return '';
  const place = placeFromStack(error.stack ?? '');
  if (place !== undefined) return ` (${place})`;
  if (!(error instanceof SyntaxError)) return '';
  return ` (${(await placeFromCheck(file)) ?? 'in a module that it imports'})`;
}

/** Reads the head of a syntax error's stack, `<file>:<line>`, or else the first call outside Node, packages and the runtime. */
function placeFromStack(stack: string): string | undefined {
  const [head = '', ...calls] = stack.split('\n');
  const heads = headPlace(head);
  if (heads !== undefined) return heads;
  const own = calls.filter((line) => !/node:|[\\/]node_modules[\\/]/.test(line) && !line.includes(runtime));
  const [, url, line] = own.map((call) => /(file:\/\/\S+?|\/\S+?):(\d+):\d+\)?$/.exec(call)).find(Boolean) ?? [];
  return url === undefined ? undefined : `${pathOf(url)}:${line}`;
}

/** Runs `node --check` on the file: Node omits the place of a syntax error in an ES module, but prints it there. */
function placeFromCheck(file: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--check', file], { timeout: checkMs }, (_error, _out, errors) => {
      resolve(errors.split('\n').map(headPlace).find(Boolean));
    });
  });
}

function headPlace(text: string): string | undefined {
  const [, url, line] = /^(file:\/\/\S+|\/.+):(\d+)$/.exec(text) ?? [];
  return url === undefined ? undefined : `${pathOf(url)}:${line}`;
}

const pathOf = (url: string): string => (url.startsWith('file:') ? fileURLToPath(url) : url);

/** Loads the app that a daemon runs: the default export of a module. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deferred } from '../core/deferred.ts';
import { ParleyError, reasonOf } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { type App, checkedApp } from '../node/app.ts';
import { placeIn } from './error-place.ts';

class AppModuleError extends ParleyError {
  constructor(path: string, why: string, cause?: unknown) {
    super('PARLEY_APP_MODULE', `app "${path}" ${why}`, { cause });
  }
}

/** Loads the app. @throws AppModuleError, InvalidOptionError */
export async function loadApp(path: string): Promise<App> {
  const file = resolve(path);
  if (!existsSync(file)) throw new AppModuleError(path, 'is not there: give the path of a .js or .ts file');
  if (/\.[cm]?ts$/.test(file)) await learnTypeScript(path);
  const { default: app } = await importModule(path, file);
  if (!isObject(app) || !('agents' in app)) {
    throw new AppModuleError(path, 'has no app: "export default defineApp({ agents: [...] })"');
  }
  return checkedApp(app as unknown as App);
}

interface AppModule {
  readonly default?: unknown;
}

/** Reports a module that waits for ever: Node would end the process silently, because it has nothing left to do. */
async function importModule(path: string, file: string): Promise<AppModule> {
  const stalled = deferred();
  const stall = (): void => stalled.resolve();
  process.once('beforeExit', stall);
  try {
    const loaded = import(pathToFileURL(file).href) as Promise<AppModule>;
    const module = await Promise.race([loaded, stalled.promise]);
    if (module !== undefined) return module;
  } catch (cause) {
    throw new AppModuleError(path, `cannot be loaded: ${reasonOf(cause)}${await placeIn(file, cause)}`, cause);
  } finally {
    process.off('beforeExit', stall);
  }
  const why = 'a top-level await, in it or in what it imports, waits for something that cannot come any more';
  throw new AppModuleError(path, `never finishes loading: ${why}`);
}

/**
 * Registers tsx where it is installed, on every Node: type stripping, which Node 22 and 24 have, reads neither enums nor an import of
 * `./x.js` that stands for `x.ts`.
 */
async function learnTypeScript(path: string): Promise<void> {
  if (process.execArgv.some((word) => word.includes('tsx'))) return;
  try {
    // a folder without "type": "module" has modules in CommonJS
    for (const { register } of [await import('tsx/esm/api'), await import('tsx/cjs/api')]) register();
  } catch (cause) {
    const isMissing = isObject(cause) && cause.code === 'ERR_MODULE_NOT_FOUND';
    if (isMissing && 'typescript' in process.features) return;
    throw new AppModuleError(
      path,
      'is TypeScript, which this Node does not read: "npm install tsx", or use Node 22.18',
      cause,
    );
  }
}

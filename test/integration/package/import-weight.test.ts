/** Importing `parley-runtime` is cheap: no driver, no model, no server, no command line. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** Every module that is loaded by importing this one. */
async function loadedBy(entry: string): Promise<readonly string[]> {
  const script = `
    import { register } from 'node:module';
    import { MessageChannel } from 'node:worker_threads';
    import { pathToFileURL } from 'node:url';
    const { port1, port2 } = new MessageChannel();
    const seen = [];
    port1.on('message', (url) => seen.push(url));
    const hooks = 'let port; export const initialize = (data) => { port = data.port; };' +
      'export const load = (url, context, next) => { port.postMessage(url); return next(url, context); };';
    register('data:text/javascript,' + encodeURIComponent(hooks), { data: { port: port2 }, transferList: [port2] });
    await import(pathToFileURL(process.argv[1]).href);
    setTimeout(() => { console.log(JSON.stringify(seen)); process.exit(); }, 100);`;
  const words = ['--import', 'tsx', '--input-type=module', '--eval', script, entry];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 16 * 1024 ** 2 });
  return JSON.parse(stdout) as string[];
}

const packageOf = (url: string): string | undefined => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];

it('loads nothing but the runtime itself and the API of OpenTelemetry', async () => {
  const loaded = await loadedBy('runtime/index.ts');
  const packages = new Set(loaded.map(packageOf).filter((name) => name !== undefined));
  expect([...packages]).toEqual(['@opentelemetry/api']);
  const own = loaded.filter((url) => packageOf(url) === undefined && url.includes('/runtime/'));
  expect(own.length).toBeGreaterThan(40);
  const heavy = own.filter((url) =>
    /runtime\/(cli|embedded|gateway|redis|testing|transport\/(jetstream|simulated))\//.test(url),
  );
  expect(heavy).toEqual([]);
  const servers = loaded.filter((url) => /^node:(http|https|http2|net|tls|child_process|worker_threads)$/.test(url));
  expect(servers).toEqual([]);
});

it('would see a module that is loaded', async () => {
  const loaded = await loadedBy('runtime/transport/jetstream/index.ts');
  expect(loaded.map(packageOf)).toContain('nats');
});

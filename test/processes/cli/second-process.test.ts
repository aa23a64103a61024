/** A second daemon on a data folder is told which server runs there, and joins it in the way that it is told. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runParley } from '../../support/command.ts';
import { tempFolder } from '../../support/pglite-store.ts';

const fixtures = 'test/processes/cli/fixtures';
const serve = (app: string, data: string, env: NodeJS.ProcessEnv = {}) =>
  runParley(['run', `${fixtures}/${app}`, '--mesh', 'joined', '--data', data], { PARLEY_LOG: 'silent', ...env });

it('A second daemon on a data folder is told the address of the server there, and joins it with the URL of run.json', async () => {
  const data = join(await tempFolder(), 'data');
  const first = serve('app.ts', data);
  await first.line(/^ready: /);

  const second = serve('other-app.ts', data);
  expect(await second.ended).toBe(1);
  const said = second.errors.join('\n');
  const [, address, file = ''] =
    /is in use by process \d+; .*\nnats-server runs there at (nats:\/\/127\.0\.0\.1:\d+); to join it, set NATS_URL to the "url" in "(.+)" \(PARLEY_DATA_FOLDER_LOCKED\)$/.exec(
      said,
    ) ?? [];
  expect(address).toBeDefined();
  const { url } = JSON.parse(await readFile(file, 'utf8')) as { readonly url: string };
  expect(said).not.toContain(new URL(url).password);

  const joining = serve('other-app.ts', data, { NATS_URL: url });
  await joining.line(/^ready: .* serves pool "second"$/);
  const ps = runParley(['--mesh', 'joined', '--data', data, 'ps', '--json']);
  expect(await ps.ended).toBe(0);
  const pools = ps.lines.map((line) => (JSON.parse(line) as { readonly pool: string }).pool);
  expect(pools.sort()).toEqual(['main', 'second']);
  for (const daemon of [joining, first]) {
    daemon.process.kill('SIGTERM');
    expect(await daemon.ended).toBe(0);
  }
});

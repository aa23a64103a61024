/** The command line finds the server of a project by its run file. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readRunFile, startNatsServer } from '../../../runtime/embedded/index.ts';
import { identityOf } from '../../../runtime/embedded/process-identity.ts';
import { realServer, tempFolder } from './workbench.ts';

it('The run file gives the address of a server while it runs, and not afterwards', async () => {
  const dataDir = await tempFolder();
  expect(await readRunFile(dataDir)).toBeUndefined();
  {
    await using server = await startNatsServer({ binary: realServer(), dataDir, mesh: 'devops' });
    expect(await readRunFile(dataDir)).toEqual({
      v: 1,
      pid: server.pid,
      owner: identityOf(process.pid),
      url: server.url,
      version: server.version,
      mesh: 'devops',
    });
  }
  expect(await readRunFile(dataDir)).toBeUndefined();
});

it('A run file is ignored when its process is gone, or when it is damaged', async () => {
  const dataDir = await tempFolder();
  const run = {
    v: 1,
    pid: 1,
    owner: { pid: process.pid, started: 'another boot/1' },
    url: 'nats://x',
    version: '2.15.1',
  };
  for (const text of [JSON.stringify(run), '{"v":1', '', 'null', '{"v":2}', '{"v":1,"owner":{"pid":1}}']) {
    await writeFile(join(dataDir, 'run.json'), text);
    expect(await readRunFile(dataDir)).toBeUndefined();
  }
});

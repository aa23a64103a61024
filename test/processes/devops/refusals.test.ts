/** Unusable arguments of `npm start` give one clear line, and nothing half done. */
import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ablationsOf } from '../../../actors/devops/ablation.ts';
import { approverFor } from '../../../actors/devops/approvers.ts';
import { type CompareOptions, compare } from '../../../actors/devops/compare.ts';
import { openParts } from '../../../actors/devops/parts.ts';
import { tempFolder } from '../../support/pglite-store.ts';

const silent = (): void => undefined;

it.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ['a database of another kind', { DATABASE_URL: 'mysql://127.0.0.1/x' }, /^DATABASE_URL begins with "mysql:/],
  ['a database that is away', { DATABASE_URL: 'postgres://127.0.0.1:1/x' }, /127.0.0.1:1\/x is away/],
  ['an invalid URL of Redis', { REDIS_URL: 'localhost' }, /^REDIS_URL is no URL: .* should look like redis:/],
  ['a Redis that is away', { REDIS_URL: 'redis://127.0.0.1:1' }, /^Redis at redis:\/\/127.0.0.1:1 cannot be used/],
  ['a model folder without a model', { PARLEY_MODEL_DIR: 'test' }, /no config.json/],
])('The demo refuses %s in one line, and stores nothing', async (_what, env, message) => {
  const data = await tempFolder();
  const approver = approverFor('auto', silent);
  const error = await openParts({ mesh: 'devops', data, approver, say: silent, env }).catch((caught: Error) => caught);
  expect(error).toBeInstanceOf(Error);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toContain('\n');
  expect(await readdir(data)).toEqual([]);
});

it.each<[string, Partial<CompareOptions>, RegExp]>([
  ['a file that is not there', { metrics: 'nowhere.csv' }, /nowhere.csv/],
  ['an unknown approver', { approve: 'maybe' }, /"approve" must be one of ask, auto, deny/],
  ['to ask where there is no terminal', { approve: 'ask' }, /no terminal/],
])('The demo refuses %s, and stores nothing', async (_what, wrong, message) => {
  const data = await tempFolder();
  const sound = { seed: 1, without: ablationsOf([]), approve: 'auto', json: true, mesh: 'devops', data };
  await expect(compare({ ...sound, ...wrong }, new AbortController().signal)).rejects.toThrow(message);
  expect(await readdir(data)).toEqual([]);
});

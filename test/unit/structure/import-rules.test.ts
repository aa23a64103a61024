/** Imports point downwards, in no circle, and every library stays in its place (`.dependency-cruiser.json`). */
import { readFileSync } from 'node:fs';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { expect, it } from 'vitest';

interface RuleFile {
  readonly forbidden: object[];
  readonly options: ICruiseOptions;
}

const rules = JSON.parse(readFileSync('.dependency-cruiser.json', 'utf8')) as RuleFile;

async function look(ruleSet: object): Promise<ICruiseResult> {
  const options = { ...rules.options, ruleSet, validate: true } as ICruiseOptions;
  const { output } = await cruise(['runtime', 'actors', 'supervision'], options, undefined, {
    tsConfig: extractTSConfig('tsconfig.json'),
  });
  return output as ICruiseResult;
}

it('The sources keep every import rule, and every module is checked', async () => {
  const { summary } = await look({ forbidden: rules.forbidden });
  expect(summary.violations).toEqual([]);
  expect(summary.totalCruised).toBeGreaterThan(150);
});

it('The check finds a broken rule', async () => {
  const { summary } = await look({
    forbidden: [
      { name: 'probe', severity: 'error', from: { path: '^runtime/mailbox' }, to: { path: '^runtime/core' } },
    ],
  });
  expect(summary.violations.length).toBeGreaterThan(10);
});

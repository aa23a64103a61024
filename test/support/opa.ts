/** Runs the `opa` interpreter in tests, to compare its result with the compiled policy. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policies } from '../../policies/build/check-policies.ts';
import type { Contribution } from '../../runtime/core/acting.ts';
import type { JsonObject } from '../../runtime/core/json.ts';
import { openPolicyFolder } from '../../runtime/policy/build/index.ts';
import { opa } from '../../runtime/policy/build/opa-program.ts';

const query = '[found | some one in input; found := data.parley.policy.contributions with input as one]';

/** Returns what the rules contribute to each input, in one process. @param path of `opa` */
export async function opaEval(
  path: string,
  data: JsonObject,
  inputs: readonly unknown[],
): Promise<readonly (readonly Contribution[])[]> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-opa-'));
  try {
    const [dataFile, inputFile] = [join(folder, 'data.json'), join(folder, 'inputs.json')];
    await writeFile(dataFile, JSON.stringify(data));
    await writeFile(inputFile, JSON.stringify(inputs));
    const { sources } = await openPolicyFolder(policies);
    const rules = sources.flatMap((name) => ['--data', name]);
    const words = ['eval', '--format', 'json', ...rules, '--data', dataFile, '--input', inputFile, query];
    const { result } = JSON.parse(await opa(path, words, policies)) as {
      result: { expressions: { value: Contribution[][] }[] }[];
    };
    return result[0]?.expressions[0]?.value ?? [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An agent in 30 lines. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { greeter } from '../../../../actors/examples/hello.ts';
import { testMesh } from '../../../../runtime/testing/index.ts';

it('The example has 30 lines at most', () => {
  expect(readFileSync('actors/examples/hello.ts', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(30);
});

it('The greeter greets, and counts for each agent', async () => {
  await using mesh = await testMesh([greeter]);
  const greet = (id: string) => mesh.ask(id, { intent_type: 'greet', context: { name: 'Ann' } });
  expect(await greet('greeter/a')).toEqual({ text: 'hello, Ann', times: 1 });
  expect(await greet('greeter/a')).toMatchObject({ times: 2 });
  expect(await greet('greeter/b')).toMatchObject({ times: 1 });
});

it('The greeter refuses a greeting without a name, with the path of the fault', async () => {
  await using mesh = await testMesh([greeter]);
  await expect(mesh.tell(greeter, { intent_type: 'greet', context: { name: '' } })).rejects.toMatchObject({
    code: 'PARLEY_SCHEMA_VIOLATION',
    message: expect.stringContaining('context.name') as string,
  });
});

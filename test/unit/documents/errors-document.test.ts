/** `runtime/ERRORS.md` agrees with the sources. `npx vitest run errors-document -u` writes it anew. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorsIn, type ListedError } from '../../support/documents/error-table.ts';
import { filesBelow } from '../../support/documents/files-below.ts';

const folders: readonly string[] = [
  ...readdirSync('runtime', { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `runtime/${entry.name}`)
    .sort(),
  'supervision',
  'actors',
];

const listed: ReadonlyMap<string, readonly ListedError[]> = errorsIn(folders);

const introduction = `# Errors

Every error of Parley is a \`ParleyError\`: \`code\` is stable, \`retryable\` says whether the same call may succeed later, \`message\` says what
happened, why, and what to do, and \`cause\` is the error behind it. Switch on \`code\`. This page is generated from the sources.

\`retryable\` is yes or no; with \`*\`, unless the cause of the error says otherwise; or it depends on the case: read \`error.retryable\`.
\`<name>\` in a message stands for a value. A code without a class stands in an answer (HTTP, NATS, a reply). \`PARLEY_NOT_ARCHIVED\` is a
reason of dead letters (\`runtime/mailbox/README.md\`).
`;

it('The document lists every error code with its class, whether it is retryable, and its message', async () => {
  const sections = [...listed].flatMap(([folder, errors]) => {
    return errors.length === 0 ? [] : [`## ${folder}\n\n${table(errors)}\n`];
  });
  await expect(`${introduction}\n${sections.join('\n')}`).toMatchFileSnapshot('../../../runtime/ERRORS.md');
});

it('The document omits no code that the sources name', () => {
  const codes = new Set([...listed.values()].flat().map(({ code }) => code));
  const named = ['runtime', 'supervision', 'actors']
    .flatMap((folder) => filesBelow(folder, '.ts'))
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/'(PARLEY_[A-Z_]+)'/g)].map(([, name = '']) => name));
  const others = [...new Set(named)].filter((name) => !codes.has(name)).sort();
  // names of environment variables; the last is the reason of a dead letter (`runtime/mailbox/README.md`)
  expect(others).toEqual(['PARLEY_CHAOS_DAEMON', 'PARLEY_NATS_SERVER', 'PARLEY_NOT_ARCHIVED']);
});

it('The document gives each error a message', () => {
  const silent = [...listed.values()].flat().filter(({ message }) => message === '');
  expect(silent).toEqual([]);
});

function table(errors: readonly ListedError[]): string {
  const rows = [...errors]
    .sort((one, other) => (one.code < other.code ? -1 : 1))
    .map(({ code, className, retryable, message }) => {
      const shown = message
        .replaceAll('|', '\\|')
        .replaceAll('`', "'")
        .replaceAll('\n', '; ')
        .replace(/\s+/g, ' ')
        .trim();
      return `| \`${code}\` | ${className === '' ? '' : `\`${className}\``} | ${retryable} | \`${shown}\` |`;
    });
  return ['| code | class | retryable | message |', '| --- | --- | --- | --- |', ...new Set(rows)].join('\n');
}

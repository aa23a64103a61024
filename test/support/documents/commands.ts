/** The commands of a document as a shell reads them: one a line, continued by `\`, with comments after `#`. */
import { blocksOf, inlineCodeOf, readmes } from './readmes.ts';

export interface DocumentedCommand {
  readonly readme: string;
  /** Without its comment, on one line. */
  readonly line: string;
}

/** Those of the blocks of a README, in order. */
export function commandsOf(readme: string): readonly DocumentedCommand[] {
  return blocksOf(readme)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replace(/\\\n\s*/g, '').split('\n'))
    .map(withoutComment)
    .filter((line) => line !== '')
    .map((line) => ({ readme, line }));
}

const inlineForm = /^(npm|npx|parley|python3|curl|actors\/clients\/send\.sh)\b/;

/** Those of blocks, and those that stand in backticks. */
export const allCommands: readonly DocumentedCommand[] = readmes.flatMap((readme) => [
  ...commandsOf(readme),
  ...inlineCodeOf(readme)
    .filter((code) => inlineForm.test(code) && code.includes(' '))
    .map((line) => ({ readme, line })),
]);

/** What a shell starts one after the other, each as its words, without assignments before it. */
export function programsOf(line: string): readonly (readonly string[])[] {
  const programs: string[][] = [[]];
  for (const word of wordsOf(line)) {
    const program = programs.at(-1) ?? [];
    if (word === '&&') programs.push([]);
    else if (program.length > 0 || !/^[A-Z_]+=/.test(word)) program.push(word);
  }
  return programs.filter((words) => words.length > 0);
}

function wordsOf(text: string): readonly string[] {
  return [...text.replace(/^\(|(?<= )\(|\)$/g, '').matchAll(/(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g)].map(([word]) =>
    word.replace(/^(['"])([\s\S]*)\1$/, '$2'),
  );
}

/** A `#` begins a comment after a space, outside of quotes. */
function withoutComment(line: string): string {
  const before = /^(?:'[^']*'|"[^"]*"|[^'"#]|(?<=\S)#)*/.exec(line)?.[0] ?? line;
  return before.trim();
}

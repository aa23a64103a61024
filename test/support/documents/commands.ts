/** Reads the commands of a document like a shell: one per line, continued by `\`, with comments after `#`. */
import { blocksOf, inlineCodeOf, readmes } from './readmes.ts';

export interface DocumentedCommand {
  readonly readme: string;
  /** The command on one line, without its comment. */
  readonly line: string;
}

/** Returns the commands in the code blocks of a README, in order. */
export function commandsOf(readme: string): readonly DocumentedCommand[] {
  return blocksOf(readme)
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.replace(/\\\n\s*/g, '').split('\n'))
    .map(withoutComment)
    .filter((line) => line !== '')
    .map((line) => ({ readme, line }));
}

const inlineForm = /^(npm|npx|parley|python3|curl|actors\/clients\/send\.sh)\b/;

/** The commands in code blocks, plus those in backticks. */
export const allCommands: readonly DocumentedCommand[] = readmes.flatMap((readme) => [
  ...commandsOf(readme),
  ...inlineCodeOf(readme)
    .filter((code) => inlineForm.test(code) && code.includes(' '))
    .map((line) => ({ readme, line })),
]);

/** Splits a line into the programs that a shell would start, each as its words, without leading assignments. */
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

/** Removes a comment: a `#` after a space, outside quotes. */
function withoutComment(line: string): string {
  const before = /^(?:'[^']*'|"[^"]*"|[^'"#]|(?<=\S)#)*/.exec(line)?.[0] ?? line;
  return before.trim();
}

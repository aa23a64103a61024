/** Reads every README of the project with its code blocks. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { filesBelow } from './files-below.ts';

export interface CodeBlock {
  /** `runtime/cli/README.md`. */
  readonly readme: string;
  /** `ts`, `sh`; empty for a block without a language. */
  readonly language: string;
  readonly text: string;
}

export const readmes: readonly string[] = filesBelow('.', '.md').filter((file) => basename(file) === 'README.md');

export const textOf = (readme: string): string => readFileSync(readme, 'utf8');

export function blocksOf(readme: string): readonly CodeBlock[] {
  return [...textOf(readme).matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)].map(([, language = '', text = '']) => ({
    readme,
    language,
    text,
  }));
}

/** Returns the code in backticks outside of blocks. */
export function inlineCodeOf(readme: string): readonly string[] {
  const prose = textOf(readme).replace(/^ *```[\s\S]*?^ *```$/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code.replaceAll('\\|', '|'));
}

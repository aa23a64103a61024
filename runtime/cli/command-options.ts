/** Options that several commands share, with the same words in each. */
import type { Command } from 'commander';

/** For a command that prints lines for people otherwise. */
export const orJson = (command: Command): Command => command.option('--json', 'one JSON document a line');

/** For a command that prints an indented document otherwise. */
export const orOneLine = (command: Command): Command => command.option('--json', 'the JSON document on one line');

/** For every command that changes something: it fails as it would otherwise, as far as that is known before. */
export const orDryRun = (command: Command): Command =>
  command.option('--dry-run', 'say what would be done, but change nothing');

export interface JsonOption {
  readonly json?: boolean;
}

export interface DryRunOption {
  readonly dryRun?: boolean;
}

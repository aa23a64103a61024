/** The exit codes of every command: stable across releases, listed in `runtime/cli/README.md`. */
export const exitCodes = {
  /** Done; a daemon that was asked to stop, or a reader of the output that stopped reading, too. */
  done: 0,
  /** Failed: a sentence on standard error says why, with the error's code. */
  failed: 1,
  /** The words of the command line make no sense, whatever the machine and the mesh are like. */
  usage: 2,
} as const;

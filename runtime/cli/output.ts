/** Standard output and standard error: whoever reads them may stop reading, or have no room left. */
import { systemClock, within } from '../core/clock.ts';

/** A reader that stops reading, as `head` does, is no error. */
const readerGone = 'EPIPE';
const flushMs = 500;

/** For a command, whose output is its purpose: without a reader it is done, without room it failed. */
export function endWithReader(): void {
  process.stdout.on('error', endOfOutput);
  process.stderr.on('error', ignore);
}

/** For a daemon, whose output is not its purpose: it serves on, and drains when it is told to stop. */
export function outliveReader(): void {
  process.stdout.off('error', endOfOutput).on('error', ignore);
}

/** Ends the process when what was printed is written, whatever timers and sockets are left in it. */
export async function endProcess(): Promise<never> {
  const written = new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  await within(systemClock, flushMs, written);
  process.exit();
}

function endOfOutput(error: NodeJS.ErrnoException): void {
  if (error.code === readerGone) process.exit(0);
  process.stderr.write(`standard output cannot be written: ${error.message}\n`);
  process.exit(1);
}

const ignore = (): void => undefined;

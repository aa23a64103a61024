/** Handles failures of standard output: its reader may stop reading, or its disk may be full. */
import { systemClock, within } from '../core/clock.ts';
import { exitCodes } from './exit-codes.ts';

/** The error code of a reader that stopped reading, as `head` does: not a failure. */
const readerGone = 'EPIPE';
const flushMs = 500;

/** For a command, whose purpose is its output: ends with success without a reader, with failure without space. */
export function endWithReader(): void {
  process.stdout.on('error', endOfOutput);
  process.stderr.on('error', ignore);
}

/** For a daemon, whose purpose is not its output: keeps serving, and still drains when asked to stop. */
export function outliveReader(): void {
  process.stdout.off('error', endOfOutput).on('error', ignore);
}

/** Ends the process once all output is written, even if timers or sockets are left. */
export async function endProcess(): Promise<never> {
  const written = new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
  await within(systemClock, flushMs, written);
  process.exit();
}

function endOfOutput(error: NodeJS.ErrnoException): void {
  if (error.code === readerGone) process.exit(exitCodes.done);
  process.stderr.write(`standard output cannot be written: ${error.message}\n`);
  process.exit(exitCodes.failed);
}

const ignore = (): void => undefined;

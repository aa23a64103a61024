/** Builds nats-server with `go install`, where Go is installed. */
import { join } from 'node:path';
import type { NatsSource } from './nats-source.ts';
import { type CommandResult, runCommand } from './run-command.ts';
import { intoCache, probeBinary } from './server-cache.ts';

const module = 'github.com/nats-io/nats-server/v2@v2.15.1';
/** Keeps a `go.mod` or `go.work` of the surrounding project from having an effect. */
const settings = { GOFLAGS: '-mod=mod', GOWORK: 'off', CGO_ENABLED: '0', LC_ALL: 'C' };

const askMs = 10_000;
/** The time for one small file, which shows whether the module proxy can be reached at all. */
const reachMs = 15_000;
/** The time for a toolchain download plus some fifty modules on two processors. */
const buildMs = 240_000;

/** Reports the message of a Go that is too old and may not fetch a newer one as the reason. */
export const goSource = (): NatsSource => ({
  name: 'go install',
  remote: true,
  async find(context) {
    const { clock, env, say, signal } = context;
    const there = await runCommand(clock, 'go', ['version'], { env, deadlineMs: askMs, signal });
    if (there.missing) return { reason: 'Go is not installed' };
    if (there.code !== 0) return { reason: goFailureText(there) };
    return intoCache(context, async (folder) => {
      const go = (args: readonly string[], deadlineMs: number): Promise<CommandResult> =>
        runCommand(clock, 'go', args, {
          cwd: folder,
          env: { ...env, ...settings, GOBIN: folder },
          deadlineMs,
          signal,
        });
      const known = await go(['list', '-m', module], reachMs);
      if (known.code !== 0) return { reason: goFailureText(known) };
      say(`nats-server: building ${module} with ${there.stdout.trim()}, this takes a minute or two`);
      const built = await go(['install', module], buildMs);
      return built.code === 0 ? probeBinary(context, join(folder, 'nats-server')) : { reason: goFailureText(built) };
    });
  },
});

/** Extracts the first error of Go: later ones are its consequences. Lines about downloads are progress. */
function goFailureText(ran: CommandResult): string {
  const lines = ran.stderr.split('\n').map((line) => line.trim());
  const first = lines.find((line) => line !== '' && !line.startsWith('go: downloading '));
  return [ran.failure, first].filter((part) => part !== undefined).join(': ') || `exit code ${ran.code}`;
}

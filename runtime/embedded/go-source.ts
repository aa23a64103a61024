/** `go install`, where Go is there. */
import { join } from 'node:path';
import { intoCache, type NatsSource } from './nats-source.ts';
import { complaint, runCommand } from './run-command.ts';

const module = 'github.com/nats-io/nats-server/v2@v2.15.1';
const buildMs = 240_000;
const askMs = 10_000;

export const goSource: NatsSource = {
  name: 'go install',
  async fetch(context) {
    const there = await runCommand(context.clock, 'go', ['version'], { env: context.env, deadlineMs: askMs });
    if (there.code !== 0) return { reason: 'Go is not installed' };
    return intoCache(context, async (folder) => {
      context.say(`nats-server: building ${module} (${there.stdout.trim()})`);
      const env = { ...context.env, GOBIN: folder, CGO_ENABLED: '0' };
      const ran = await runCommand(context.clock, 'go', ['install', module], { env, deadlineMs: buildMs });
      return ran.code === 0 ? { path: join(folder, 'nats-server') } : { reason: complaint(ran) };
    });
  },
};

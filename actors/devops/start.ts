/** `npm start`: nats-server, the three agents, a metric, and what comes of it. */
import { Command, InvalidArgumentError } from 'commander';
import { runProgram } from '../../runtime/cli/run-program.ts';
import { type CommonOptions, defaultDataDir, defaultMesh, externalServer } from '../../runtime/cli/settings.ts';
import { systemClock } from '../../runtime/core/clock.ts';
import { findNatsServer, startNatsServer } from '../../runtime/embedded/index.ts';
import { startNode } from '../../runtime/node/node.ts';
import { type LogLevel, pinoLogger } from '../../runtime/node/pino-logger.ts';
import { type ConnectionSettings, connectJetStream, withoutSecrets } from '../../runtime/transport/jetstream/index.ts';
import { generatedLoad } from '../metrics/generated-load.ts';
import { readMetricsFile } from '../metrics/metrics-file.ts';
import type { MetricsSeries } from '../metrics/series.ts';
import { devopsAgents } from './app.ts';
import { type DevopsResult, runDevops } from './run.ts';
import { Story } from './story.ts';

interface StartOptions extends CommonOptions {
  readonly metrics?: string;
  readonly speed: number;
  readonly seed: number;
  readonly spikes: number;
  readonly flat?: boolean;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const program = new Command('npm start --')
  .description('The DevOps mesh over a metric: a spike makes three agents negotiate.')
  .option('--metrics <file>', 'a CSV file "timestamp,value"; without it a load is generated')
  .option('--speed <n>', 'samples per second', positive, 500)
  .option('--seed <n>', 'of the generated load', whole, 1)
  .option('--spikes <n>', 'planted in the generated load', whole, 3)
  .option('--flat', 'generate a load without daily cycle and spikes')
  .option('--mesh <name>', 'the mesh', process.env.PARLEY_MESH ?? defaultMesh)
  .option('--data <folder>', "the embedded server's data folder", process.env.PARLEY_DATA ?? defaultDataDir)
  .showHelpAfterError('(add --help for what there is)')
  .action(start);

await runProgram(program);

async function start(options: StartOptions): Promise<void> {
  const source = await readSource(options);
  await using server = await openServer(options);
  print(`mesh "${options.mesh}" on ${server.describe}`);
  const result = await runMesh(options, server.connection, source);
  if (!result.ok) process.exitCode = 1;
}

/** Bad input is said before anything is started. */
async function readSource(options: StartOptions): Promise<MetricsSeries> {
  if (options.metrics !== undefined) return readMetricsFile(options.metrics);
  return generatedLoad({ seed: options.seed, spikes: options.flat ? 0 : options.spikes, flat: options.flat === true });
}

interface OpenServer extends AsyncDisposable {
  readonly connection: ConnectionSettings;
  readonly describe: string;
}

/** `NATS_URL`, or a server of our own with a fresh store. */
async function openServer(options: StartOptions): Promise<OpenServer> {
  const external = externalServer(process.env, 'parley devops');
  if (external !== undefined) {
    return {
      connection: external,
      describe: `NATS_URL ${withoutSecrets(external.url)}`,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
  const found = await findNatsServer({ say: print });
  const server = await startNatsServer({
    binary: found.path,
    version: found.version,
    dataDir: options.data,
    fresh: true,
    log: pinoLogger('warn'),
  });
  return {
    connection: { url: server.url, name: 'parley devops' },
    describe: `nats-server ${found.version} of its own at ${server.url}`,
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function runMesh(
  options: StartOptions,
  server: ConnectionSettings,
  source: MetricsSeries,
): Promise<DevopsResult> {
  const story = new Story(print, systemClock);
  const agents = devopsAgents({ events: story });
  await using transport = await connectJetStream({ ...server, mesh: options.mesh });
  const log = pinoLogger((process.env.PARLEY_LOG ?? 'error') as LogLevel);
  await using node = await startNode({ agents: agents.all }, { transport, mesh: options.mesh, observer: story, log });
  const interrupt = (): void => void node.stop({ drainMs: 2_000 });
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    const pace = { samplesPerSecond: options.speed };
    return await runDevops({ agentsNode: node, monitor: agents.monitor, source, story, clock: systemClock, pace });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number from 0.');
  return value;
}

/**
 * Every command of every README that ends by itself runs as it stands, one after the other, on a real nats-server. A daemon
 * (`parley run`) runs while the commands after it do. Ports alone are exchanged for free ones. The list below says what is not run.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { commandsOf } from '../../support/documents/commands.ts';
import { readmes } from '../../support/documents/readmes.ts';
import { freePort } from '../../support/free-port.ts';
import { startTestServer, type TestServer } from '../../support/nats-server.ts';
import { orSkip } from '../../support/or-skip.ts';
import { pythonWithNats } from '../../support/python.ts';

const minutes = 'takes minutes';
const oneRunIsEnough = `${minutes}; the same program runs with other options below, and in test/processes/devops`;
const consumers = 'needs an installed package; test/consumers bundles with the same options';

/** What is not run, and why. Each must be in a README still. */
const notRun: Readonly<Record<string, string>> = {
  'npm ci && npm start': 'would replace node_modules; the same program runs with other options below',
  'npm ci && npm test': 'is what runs this',
  'npm start -- --metrics load.csv':
    'needs a file of the reader; test/scenarios/recorded-scenarios.test.ts replays recorded series',
  'npm start -- --without grants planner-replies': oneRunIsEnough,
  'npm run demo:seeds -- --seeds 100': minutes,
  'git worktree add ../before <commit> && (cd ../before && npm ci && npm run bench -- --help)':
    'needs a commit of the reader',
  'npm run bench -- throughput --against ../before': 'needs another build',
  'npm run policies:build': 'needs opa; test/integration/policy/build.test.ts compiles where there is one',
  'npm run policies:check': 'needs opa; test/integration/policy/build.test.ts checks where there is one',
  'npm run parley -- policy test policies': 'needs opa; test/integration/policy/build.test.ts tests where there is one',
  ...Object.fromEntries(
    ['init policies', 'test policies', 'build policies', 'build policies --out policy.tar.gz'].map((words) => [
      `npx parley policy ${words}`,
      'would write to policies/; test/processes/cli/policy.test.ts runs it in a folder of its own',
    ]),
  ),
  'npm run parley -- tail': 'ends by Ctrl-C; test/processes/cli/send-tail.test.ts',
  'R=node_modules/parley-runtime/dist/runtime': consumers,
  'npm run chaos:single -- --seed 1 --minutes 1 --servers 3': `${minutes}; .ci/run has a minute of it`,
  'npm run fuzz -- --minutes 5': `${minutes}; .ci/run has a minute of it`,
  'npm run fuzz -- --seed 7 --doors http,nats': minutes,
};
const isNotRun = (line: string): boolean => line in notRun || line.startsWith('npx esbuild ');

interface Expectation {
  /** 0 by default. */
  readonly exit?: number;
  readonly says: RegExp;
}

/** What the commands say; those that are not named print nothing in particular. */
const expected: Readonly<Record<string, Expectation>> = {
  'npm run parley -- send greeter greet --context \'{"name":"Ann"}\'': { says: /"to":"greeter"/ },
  'npm start -s -- --seed 7 --ticks 300 --json': { says: /^\{[\s\S]*\}\n$/ },
  'npm run parley -- describe retention': { says: /reduce_churn/ },
  'npm run parley -- ps': { says: /retention/ },
  'curl http://127.0.0.1:8088/v1/intents/$TICKET': { says: /"state":"(waiting|handled)"/ },
  'curl http://127.0.0.1:8088/healthz': { says: /"status":"ok"/ },
  'curl http://127.0.0.1:8088/metrics': { says: /^parley_ready\{?.*1$/m },
  'actors/clients/send.sh 127.0.0.1 4222 shop retention reduce_churn \'{"segment":"high_value_churners"}\'': {
    says: /"ticket":/,
  },
  'npm run parley -- ps --mesh desk': { says: /crm[\s\S]*desk|desk[\s\S]*crm/ },
  // nothing has failed yet
  'npm run parley -- dead show 1': { exit: 1, says: /no dead letter/ },
  'npm run parley -- resume retention': { exit: 1, says: /has paused agent "retention"/ },
  'npm run parley -- traces list --agent resource/checkout --limit 5': { says: /checkout/ },
};

const isDaemon = (line: string): boolean => line.includes(' parley -- run ');

let server: TestServer;
/** Of all commands: traces are read from what `npm start` stores there. */
let data: string;

beforeAll(async () => {
  server = await startTestServer();
  data = await mkdtemp(join(tmpdir(), 'parley-test-'));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
});

interface Ran {
  readonly exit: number | null;
  readonly output: string;
}

interface Running {
  /** Resolves with all that it said, or rejects when it ended before. */
  said(text: RegExp): Promise<void>;
  readonly ended: Promise<Ran>;
  stop(): Promise<Ran>;
}

function start(line: string, env: NodeJS.ProcessEnv): Running {
  // a group of its own, as a terminal gives to each job
  const child = spawn('bash', ['-c', line], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const signal = (name: NodeJS.Signals): void => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, name);
  };
  onTestFinished(() => signal('SIGKILL'));
  let output = '';
  const heard = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const look of [...heard]) look();
    });
  }
  const ended = new Promise<Ran>((done) => child.on('close', (exit) => done({ exit, output })));
  return {
    ended,
    said: (text) =>
      new Promise((done, failed) => {
        const look = (): void => void (text.test(output) && done());
        heard.add(look);
        look();
        void ended.then(() => failed(new Error(`it ended without ${text}:\n${output}`)));
      }),
    stop() {
      signal('SIGTERM');
      return ended;
    },
  };
}

it('The list of commands that are not run has no entry without a README', () => {
  const all = new Set(readmes.flatMap(commandsOf).map(({ line }) => line));
  expect([...Object.keys(notRun), ...Object.keys(expected)].filter((line) => !all.has(line))).toEqual([]);
});

const runnable = (readme: string): readonly string[] =>
  commandsOf(readme)
    .map(({ line }) => line)
    .filter((line) => !isNotRun(line));

/** The demo first: others read the traces that it stored. */
const order = [...readmes].sort(
  (one, other) => Number(other.startsWith('actors/')) - Number(one.startsWith('actors/')),
);

it.for(order.filter((readme) => runnable(readme).length > 0))('The commands of %s run', async (readme, test) => {
  const lines = runnable(readme);
  const needsPython = lines.some((line) => line.startsWith('python3'));
  const python = needsPython ? await orSkip(test, pythonWithNats()) : 'python3';
  const ports = new Map([['4222', new URL(server.url).port]]);
  for (const port of ['8080', '8088']) ports.set(port, String(await freePort()));
  const onFreePorts = (line: string): string =>
    line.replace(/\b(4222|8080|8088)\b/g, (port) => ports.get(port) ?? port);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    // the demo brings its own
    NATS_URL: readme === 'actors/README.md' ? '' : server.url,
    REDIS_URL: '',
    DATABASE_URL: '',
    PARLEY_DATA: data,
    PATH: `${dirname(resolve(python))}:${process.env.PATH}`,
  };
  const daemons: Running[] = [];
  for (const line of lines) {
    if (isDaemon(line)) {
      const daemon = start(onFreePorts(line), env);
      daemons.push(daemon);
      await daemon.said(/^ready: /m);
      continue;
    }
    const { exit, output } = await start(onFreePorts(line), env).ended;
    const { exit: wanted = 0, says } = expected[line] ?? { says: /(?:)/ };
    expect({ line, exit, output }).toMatchObject({ line, exit: wanted });
    expect(output).toMatch(says);
    const ticket = /"ticket":"([\w.-]+)"/.exec(output)?.[1];
    if (ticket !== undefined) env.TICKET = ticket;
  }
  for (const daemon of daemons) expect(await daemon.stop()).toMatchObject({ exit: 0 });
});

import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const globalSetup = ['programs', 'nats-server', 'compiled', 'pglite-store'].map((name) => `test/setup/${name}.ts`);

/** Ends what hangs. It does not measure the machine: a busy one, or a test of 10,000 cases, takes many times what is usual. */
const hangMs = 300_000;
const limits = { testTimeout: hangMs, hookTimeout: hangMs };
const onServers = { globalSetup, ...limits };

const config: ViteUserConfig = defineConfig({
  test: {
    // tests of servers and processes mostly wait
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      { test: { name: 'unit', isolate: false, include: ['test/unit/**/*.test.ts'], ...limits } },
      { test: { name: 'integration', isolate: false, include: ['test/integration/**/*.test.ts'], ...onServers } },
      // programs as users start them: the CLI, the demo, embedded servers, the packed types
      { test: { name: 'processes', isolate: false, include: ['test/processes/**/*.test.ts'], ...onServers } },
      // servers that are away, full, strict, silent, replaced
      { test: { name: 'outages', isolate: false, include: ['test/outages/**/*.test.ts'], ...onServers } },
      // the packed package, on every Node that is supported
      {
        test: {
          name: 'consumers',
          include: ['test/consumers/**/*.test.ts'],
          globalSetup: ['test/setup/nats-server.ts'],
          ...limits,
        },
      },
      // whole runs of the simulated cloud: minutes of processor time
      { test: { name: 'scenarios', include: ['test/scenarios/**/*.test.ts'], ...onServers } },
      { test: { name: 'faults', include: ['test/faults/**/*.test.ts'], fileParallelism: false, ...onServers } },
    ],
  },
});

export default config;

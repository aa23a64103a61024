import { availableParallelism } from 'node:os';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const globalSetup = ['nats-server', 'compiled', 'pglite-store'].map((name) => `test/setup/${name}.ts`);

const config: ViteUserConfig = defineConfig({
  test: {
    // tests of servers and processes mostly wait
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      { test: { name: 'unit', isolate: false, include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          isolate: false,
          include: ['test/integration/**/*.test.ts'],
          globalSetup,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

export default config;

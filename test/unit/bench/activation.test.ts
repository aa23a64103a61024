import { describe, expect, it } from 'vitest';
import { latencyRounds, type Probe } from '../../../bench/measure/latency-round.ts';
import { activationReport } from '../../../bench/report/activation-report.ts';
import { WarmAndCold, warmIdleMs } from '../../../bench/subjects/warm-and-cold.ts';

const latency = (p99: number) => ({ samples: 100, p50: 0.2, p99, p999: 2 * p99, max: 3 * p99 });
const MiB = 1024 ** 2;

const failing = (given: { warm?: number; activated?: number; passivated?: number; otherwise?: number }) => {
  const { warm = 0.5, activated = 1, passivated = 21, otherwise = 0 } = given;
  const report = activationReport({
    agents: 1_024,
    delivered: { warm: latency(warm), activated: latency(activated), inMemory: 1_200, otherwisePercent: otherwise },
    memory: [{ before: 20 * MiB, activated: 40 * MiB, passivated: passivated * MiB }],
  });
  return report.verdicts.filter(({ holds }) => !holds).map(({ bound }) => bound.name);
};

describe('activation', () => {
  it('An activation may take 10 times as long as a warm delivery, or 10 ms', () => {
    expect(failing({ warm: 0.5, activated: 10 })).toEqual([]);
    expect(failing({ warm: 0.5, activated: 10.1 })).toEqual(['activation p99']);
    expect(failing({ warm: 3, activated: 29 })).toEqual([]);
  });

  it('Passivation must give back nine tenths of the memory', () => {
    expect(failing({ passivated: 22 })).toEqual([]);
    expect(failing({ passivated: 22.1 })).toEqual(['memory given back by passivation']);
  });

  it('An activation is not compared with agents that were in memory as well', () => {
    expect(failing({ otherwise: 1.1 })).toEqual(['agents found otherwise than meant']);
  });

  it('The figures of activation are reported for one agent', () => {
    const { lines } = activationReport({
      agents: 1_024,
      delivered: { warm: latency(1), activated: latency(2), inMemory: 1_200, otherwisePercent: 0 },
      memory: [{ before: 0, activated: MiB, passivated: 0 }],
    });
    expect(lines.at(-1)).toMatchObject({ kib_each: 1, given_back_percent: 100 });
  });
});

describe('agents in memory and others', () => {
  it('Agents in memory and others are sent to in turn, all of each before one again', () => {
    const turns = new WarmAndCold(5, 2);
    expect(Array.from({ length: 10 }, (_, n) => turns.receiverOf(n))).toEqual([0, 2, 1, 3, 0, 4, 1, 2, 0, 3]);
  });

  it('Agents in memory stay there if their turn comes again and again', () => {
    expect(warmIdleMs(1_000, 1_000)).toBe(4_000);
    expect(warmIdleMs(100, 100_000)).toBe(1_000);
  });
});

it('A round of two subjects has a summary of each', async () => {
  let arrived: (n: number) => void = () => undefined;
  const probe: Probe = {
    start: (listener) => {
      arrived = listener;
    },
    send: (n) => arrived(n),
  };
  const schedule = { pace: 'spin', ratePerSecond: 10_000, count: 31 } as const;
  const summaries = await latencyRounds(probe, schedule, 2);
  expect(summaries.map(({ samples }) => samples)).toEqual([16, 15]);
});

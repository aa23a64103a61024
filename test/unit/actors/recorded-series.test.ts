/** The nine recorded CloudWatch series, which are no part of the repository: they are read from beside it. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readMetricsFile } from '../../../actors/metrics/metrics-file.ts';
import { detectAll } from './detect-all.ts';

const folder = fileURLToPath(new URL('../../../../shared/data/cloudwatch/', import.meta.url));
const present = existsSync(folder);

type Windows = Readonly<Record<string, readonly (readonly [string, string])[]>>;

/** What each series has: samples, gaps in time, repeated times, and how many labelled windows hold a spike. */
const recorded: readonly (readonly [string, number, number, number, number])[] = [
  ['cpu_utilization_asg_misconfiguration.csv', 18_050, 0, 0, 1],
  ['ec2_cpu_utilization_24ae8d.csv', 4_032, 0, 0, 2],
  ['ec2_cpu_utilization_53ea38.csv', 4_032, 0, 0, 2],
  ['ec2_cpu_utilization_5f5533.csv', 4_032, 0, 0, 1],
  ['ec2_cpu_utilization_fe7f93.csv', 4_032, 0, 0, 3],
  ['ec2_network_in_5abac7.csv', 4_730, 1, 11, 2],
  ['elb_request_count_8c0756.csv', 4_032, 8, 0, 2],
  ['grok_asg_anomaly.csv', 4_621, 0, 0, 1],
  ['rds_cpu_utilization_cc0c53.csv', 4_032, 1, 0, 1],
];

describe(present ? 'the recorded series' : `THE RECORDED SERIES ARE ABSENT (${folder}): NOT CHECKED`, () => {
  it.runIf(present).each(recorded)('%s loads, and its spikes are few', async (name, samples, gaps, repeated, hit) => {
    const series = await readMetricsFile(folder + name);
    expect(series.samples).toHaveLength(samples);
    expect(series.irregularities).toMatchObject({ gaps, repeated });
    const { started } = detectAll(series.samples);
    expect(started.length).toBeGreaterThan(0);
    expect(started.length).toBeLessThan(samples / 20);
    const windows = (JSON.parse(readFileSync(`${folder}anomaly-windows.json`, 'utf8')) as Windows)[name] ?? [];
    const holding = windows.filter(([from, to]) => {
      const [begin, end] = [Date.parse(`${from}Z`), Date.parse(`${to}Z`)];
      return started.some(({ sample }) => sample.at >= begin && sample.at <= end);
    });
    expect(holding.length).toBeGreaterThanOrEqual(hit);
  });
});

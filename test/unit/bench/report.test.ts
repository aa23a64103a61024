import { describe, expect, it } from 'vitest';
import { judge, throughputBounds } from '../../../bench/report/bounds.ts';
import { printReport } from '../../../bench/report/report.ts';

function print(value: number, json: boolean) {
  const figures: string[] = [];
  const notes: string[] = [];
  const report = {
    columns: [{ title: 'subject' }],
    rows: [['parley']],
    lines: [{ bench: 'throughput', subject: 'parley' }],
    remarks: ['what was not judged'],
    verdicts: [judge(throughputBounds.runtime, value)],
  };
  const holds = printReport(report, json, {
    figure: (text) => void figures.push(text),
    note: (text) => void notes.push(text),
  });
  return { holds, figures: figures.join('\n'), notes: notes.join('\n') };
}

describe('a report', () => {
  it('A report prints PASS beside the ratio', () => {
    const { holds, figures, notes } = print(0.7, false);
    expect(holds).toBe(true);
    expect(figures).toContain('PASS  parley / raw: 0.70 x (at least 0.65 x)');
    expect(notes).toBe('');
  });

  it('A report explains in a sentence which bound is missed, and why it exists', () => {
    const { holds, figures, notes } = print(0.5, false);
    expect(holds).toBe(false);
    expect(figures).toContain('FAIL  parley / raw: 0.50 x (at least 0.65 x)');
    expect(notes).toMatch(/^error: parley \/ raw is 0\.50 x, and must be at least 0\.65 x: what validation/);
  });

  it('A report as JSON prints only figures to standard output', () => {
    const { figures, notes } = print(0.7, true);
    expect(figures).toBe('{"bench":"throughput","subject":"parley"}');
    expect(notes).toContain('PASS');
    expect(notes).toContain('what was not judged');
  });
});

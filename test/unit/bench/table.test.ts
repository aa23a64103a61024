import { describe, expect, it } from 'vitest';
import { formatTable } from '../../../bench/report/table.ts';

describe('a table', () => {
  it('A table has text to the left and numbers to the right', () => {
    const text = formatTable(
      [{ title: 'subject' }, { title: 'intents/s' }, { title: 'node µs', decimals: 1 }],
      [
        ['raw', 27_547.4, 12.64],
        ['control-tuned', 999, 100],
      ],
    );
    expect(text.split('\n')).toEqual([
      'subject        intents/s  node µs',
      'raw               27,547     12.6',
      'control-tuned        999    100.0',
    ]);
  });

  it('A table shows a missing measurement as a dash', () => {
    expect(formatTable([{ title: 'server µs' }], [[null], [3]]).split('\n')).toEqual([
      'server µs',
      '        -',
      '        3',
    ]);
  });
});

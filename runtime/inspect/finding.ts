/** What `parley doctor` says of one thing. */
import { reasonOf } from '../core/errors.ts';

/** `bad`: nothing runs without it. `lacking`: something is done otherwise. */
export interface Finding {
  readonly what: string;
  readonly state: 'good' | 'lacking' | 'bad';
  readonly found: string;
  /** What follows. */
  readonly follows: string;
}

export const firstLine = (error: unknown): string => reasonOf(error).split('\n', 1)[0] ?? '';

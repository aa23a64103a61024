/** One finding of `parley doctor`. */
import { reasonOf } from '../core/errors.ts';

/** `bad`: nothing runs without it. `lacking`: Parley works differently without it. */
export interface Finding {
  readonly what: string;
  readonly state: 'good' | 'lacking' | 'bad';
  readonly found: string;
  /** The consequence. */
  readonly follows: string;
}

export const firstLine = (error: unknown): string => reasonOf(error).split('\n', 1)[0] ?? '';

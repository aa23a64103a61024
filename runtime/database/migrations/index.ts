/** All steps from an empty database to the current tables, in order. A released step never changes: a new step follows it. */
import type { Migration } from '../migrate.ts';
import { actLinks } from './act-links.ts';
import { episodes } from './episodes.ts';
import { reasoningTraces } from './reasoning-traces.ts';

export const migrations: readonly Migration[] = Object.freeze([episodes, reasoningTraces, actLinks]);

/** Every step from an empty database to this code's tables, in order. What was released is never changed: a new step follows. */
import type { Migration } from '../migrate.ts';
import { actLinks } from './act-links.ts';
import { episodes } from './episodes.ts';
import { reasoningTraces } from './reasoning-traces.ts';

export const migrations: readonly Migration[] = Object.freeze([episodes, reasoningTraces, actLinks]);

/** Parts that the mesh can run without, to measure what each is worth. */
import { InvalidOptionError } from '../../runtime/core/errors.ts';

export const ablations = ['policy', 'episodes', 'semantic', 'shared', 'traces', 'planner-replies', 'grants'] as const;
export type Ablation = (typeof ablations)[number];

/** The effect of each missing part, for display. */
export const without: Readonly<Record<Ablation, string>> = Object.freeze({
  policy: 'no policy: every act is denied',
  episodes: 'no memory of episodes',
  semantic: 'no knowledge',
  shared: 'shared memory without versions: the last writer wins',
  traces: 'no reasoning traces: every act is refused',
  'planner-replies': 'the planner does not answer: no agent has a forecast',
  grants: 'no grants: every proposal is done at once',
});

/** @throws InvalidOptionError */
export function ablationsOf(texts: readonly string[]): ReadonlySet<Ablation> {
  for (const text of texts) {
    if (!(ablations as readonly string[]).includes(text)) {
      throw new InvalidOptionError('without', `one of ${ablations.join(', ')}`, text);
    }
  }
  return new Set(texts as readonly Ablation[]);
}

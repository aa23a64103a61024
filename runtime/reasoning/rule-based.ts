/** A reasoner without a model: it scores every option from three parts that a person can follow. */
import { InvalidOptionError } from '../core/errors.ts';
import type { Episode } from '../memory/episodic-memory.ts';
import type { KnowledgeMatch } from '../memory/semantic-memory.ts';
import type { Option, Question, RankedOption, Reasoned, Reasoner } from './reasoner.ts';

/** How far each part can move a score. */
const stateShare = 0.5;
const knowledgeShare = 0.3;
const episodesShare = 0.2;
/** Documents below this similarity to the question are ignored. */
const relevantFrom = 0.15;
/** This number of similar episodes has half the weight of any number of them. */
const halfEpisodes = 2;

export const ruleBasedReasoner: Reasoner = Object.freeze({
  name: 'rules',
  reason: async (question: Question) => weigh(question),
});

/** Scores all options. @throws InvalidOptionError */
export function weigh(question: Question): Reasoned {
  const ranking = question.options.map((option) => rank(option, question)).sort(better);
  const [selected, second] = ranking;
  if (selected === undefined) throw new InvalidOptionError('options', 'at least one option', question.options);
  const lead = selected.score - (second?.score ?? 0);
  const known = Math.abs(selected.parts.knowledge) + Math.abs(selected.parts.episodes);
  const confidence = round(Math.min(0.95, 0.35 + 0.6 * selected.score + 0.3 * Math.min(lead, 0.3) + 0.4 * known) - 0.2);
  return {
    selected,
    ranking,
    rationale: rationaleOf(question, selected, second),
    confidence: Math.max(0.05, confidence),
  };
}

function rank(option: Option, { knowledge, episodes }: Question): RankedOption {
  const parts = {
    state: round(stateShare * option.fitness),
    knowledge: round(knowledgeShare * knowledgeOf(option.action, knowledge)),
    episodes: round(episodesShare * experienceOf(option.action, episodes)),
  };
  const score = round(Math.max(0, Math.min(1, parts.state + parts.knowledge + parts.episodes)));
  return { ...option, parts, score };
}

/** From -1 to 1: the strongest document for the action, minus the strongest against it. */
function knowledgeOf(action: string, knowledge: readonly KnowledgeMatch[]): number {
  const strongest = (relation: string): number =>
    knowledge
      .filter(({ metadata, score }) => metadata[relation] === action && score >= relevantFrom)
      .reduce((strongest, { score }) => Math.max(strongest, score), 0);
  return strongest('supports') - strongest('advises_against');
}

/** From -1 to 1: successes minus failures; more episodes give more certainty. */
function experienceOf(action: string, episodes: readonly Episode[]): number {
  const known = episodes.filter(({ action_taken, success }) => action_taken === action && success !== null);
  if (known.length === 0) return 0;
  const succeeded = known.filter(({ success }) => success === true).length;
  return ((2 * succeeded - known.length) / known.length) * (known.length / (known.length + halfEpisodes));
}

/** Orders by score, highest first; equal scores keep their given order. */
const better = (a: RankedOption, b: RankedOption): number => b.score - a.score;

function rationaleOf(
  { goal }: Question,
  { action, because, parts, score }: RankedOption,
  second: RankedOption | undefined,
): string {
  const grounds = [because];
  if (parts.knowledge !== 0)
    grounds.push(`knowledge speaks ${parts.knowledge > 0 ? 'for' : 'against'} it (${parts.knowledge})`);
  if (parts.episodes !== 0) grounds.push(`it ${parts.episodes > 0 ? 'worked' : 'failed'} before (${parts.episodes})`);
  const rest = second === undefined ? '' : `; next is ${second.action} with ${second.score}`;
  return `To ${goal}: ${action}, score ${score}: ${grounds.join(', ')}${rest}.`;
}

const round = (value: number): number => Math.round(value * 1000) / 1000;

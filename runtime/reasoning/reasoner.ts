/** Weighs options by knowledge, past episodes and the present state. */
import type { JsonObject } from '../core/json.ts';
import type { Episode } from '../memory/episodic-memory.ts';
import type { KnowledgeMatch } from '../memory/semantic-memory.ts';

/** An option that the agent could choose. */
export interface Option {
  readonly action: string;
  /** How well the option fits the present state alone, from 0 to 1. */
  readonly fitness: number;
  /** The reason for its fitness, in a few words. */
  readonly because: string;
  /** Its expected cost with its risks: for display. */
  readonly estimate: JsonObject;
  readonly risk: string;
}

export interface Question {
  /** One sentence. */
  readonly goal: string;
  readonly situation: JsonObject;
  readonly options: readonly Option[];
  /** Documents whose metadata name an action (`supports`, `advises_against`) count for or against that action. */
  readonly knowledge: readonly KnowledgeMatch[];
  /** Episodes that name the action of an option count by their outcome. */
  readonly episodes: readonly Episode[];
}

export interface RankedOption extends Option {
  /** From 0 to 1. */
  readonly score: number;
  /** The parts of the score: state, knowledge, episodes. */
  readonly parts: { readonly state: number; readonly knowledge: number; readonly episodes: number };
}

export interface Reasoned {
  readonly selected: RankedOption;
  /** Best first. */
  readonly ranking: readonly RankedOption[];
  /** One or two sentences. */
  readonly rationale: string;
  /** From 0 to 1. */
  readonly confidence: number;
}

export interface Reasoner {
  /** `rules`, or the name of a model. */
  readonly name: string;
  /** Ranks the options. @throws InvalidOptionError when there are none */
  reason(question: Question, signal: AbortSignal): Promise<Reasoned>;
}

/** Weighs options: what an agent knows, what happened before, and what is the case now. */
import type { JsonObject } from '../core/json.ts';
import type { Episode } from '../memory/episodic-memory.ts';
import type { KnowledgeMatch } from '../memory/semantic-memory.ts';

/** What could be done. */
export interface Option {
  readonly action: string;
  /** How fit it is in the present state alone, 0 to 1. */
  readonly fitness: number;
  /** Why so, in a few words. */
  readonly because: string;
  /** What it would cost, and what could go wrong: for people. */
  readonly estimate: JsonObject;
  readonly risk: string;
}

export interface Question {
  /** One sentence. */
  readonly goal: string;
  readonly situation: JsonObject;
  readonly options: readonly Option[];
  /** Documents whose metadata name an action (`supports`, `advises_against`) count for or against it. */
  readonly knowledge: readonly KnowledgeMatch[];
  /** Episodes that name an option's action count by what came of them. */
  readonly episodes: readonly Episode[];
}

export interface RankedOption extends Option {
  /** 0 to 1. */
  readonly score: number;
  /** What made it: of the state, of knowledge, of episodes. */
  readonly parts: { readonly state: number; readonly knowledge: number; readonly episodes: number };
}

export interface Reasoned {
  readonly selected: RankedOption;
  /** Best first. */
  readonly ranking: readonly RankedOption[];
  /** One or two sentences. */
  readonly rationale: string;
  /** 0 to 1. */
  readonly confidence: number;
}

export interface Reasoner {
  /** `rules`, or a model's name. */
  readonly name: string;
  /** @throws InvalidOptionError when there are no options */
  reason(question: Question, signal: AbortSignal): Promise<Reasoned>;
}

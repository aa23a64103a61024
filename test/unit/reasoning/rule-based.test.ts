/** The rule-based reasoner weighs options by state, knowledge, episodes. */
import { describe, expect, it } from 'vitest';
import type { Episode } from '../../../runtime/memory/episodic-memory.ts';
import type { KnowledgeMatch } from '../../../runtime/memory/semantic-memory.ts';
import type { Option } from '../../../runtime/reasoning/reasoner.ts';
import { ruleBasedReasoner, weigh } from '../../../runtime/reasoning/rule-based.ts';

const option = (action: string, fitness: number): Option => {
  return { action, fitness, because: `fitness ${fitness}`, estimate: {}, risk: 'none' };
};

const doc = (metadata: KnowledgeMatch['metadata'], score = 0.5): KnowledgeMatch => {
  return { id: 'd', text: 't', version: 1, metadata, score };
};

const episode = (action_taken: string, success: boolean | null): Episode => ({
  episode_id: 'e',
  agent_id: 'a',
  intent_id: 'i',
  step: 's',
  root_intent_id: 'i',
  at: 0,
  action_taken,
  context: {},
  summary: '',
  confidence: null,
  cost_usd: null,
  outcome: success === null ? null : 'known',
  success,
});

const options = [option('investigate', 0.5), option('limit_rate', 0.4)];
const question = (knowledge: readonly KnowledgeMatch[] = [], episodes: readonly Episode[] = []) => ({
  goal: 'save',
  situation: {},
  options,
  knowledge,
  episodes,
});

describe('the rule-based reasoner', () => {
  it('The rule-based reasoner decides by the state when nothing else is known', () => {
    expect(weigh(question()).selected).toMatchObject({ action: 'investigate', score: 0.25 });
  });

  it('The rule-based reasoner chooses another alternative when a document supports it', () => {
    const reasoned = weigh(question([doc({ supports: 'limit_rate' })]));
    expect(reasoned.selected).toMatchObject({ action: 'limit_rate', parts: { state: 0.2, knowledge: 0.15 } });
    expect(reasoned.rationale).toContain('knowledge speaks for it');
  });

  it('The rule-based reasoner ignores documents about something else', () => {
    expect(weigh(question([doc({ supports: 'limit_rate' }, 0.1)])).selected.action).toBe('investigate');
    expect(weigh(question([doc({ about: 'limit_rate' })])).selected.action).toBe('investigate');
  });

  it('The rule-based reasoner avoids an option that a document advises against', () => {
    expect(weigh(question([doc({ advises_against: 'investigate' })])).selected.action).toBe('limit_rate');
  });

  it('The rule-based reasoner is more confident, and may choose otherwise, when an option worked before', () => {
    const worked = [episode('limit_rate', true), episode('limit_rate', true)];
    const with2 = weigh(question([], worked));
    expect(with2.selected.action).toBe('limit_rate');
    const known = [doc({ supports: 'limit_rate' })];
    expect(weigh(question(known, worked)).confidence).toBeGreaterThan(weigh(question(known)).confidence);
  });

  it('The rule-based reasoner learns from failure, and not from an open outcome', () => {
    const failed = Array.from({ length: 6 }, () => episode('investigate', false));
    expect(weigh(question([], failed)).selected.action).toBe('limit_rate');
    expect(weigh(question([], [episode('investigate', null)]))).toEqual(weigh(question()));
  });

  it('The rule-based reasoner names its second choice, and keeps the order of options of the same score', async () => {
    const same = [option('a', 0.5), option('b', 0.5)];
    const reasoned = await ruleBasedReasoner.reason({ ...question(), options: same }, new AbortController().signal);
    expect(reasoned.ranking.map(({ action }) => action)).toEqual(['a', 'b']);
    expect(reasoned.rationale).toContain('next is b');
  });

  it('The rule-based reasoner refuses a question without options', () => {
    expect(() => weigh({ ...question(), options: [] })).toThrow('"options" must be at least one option');
  });

  it('The rule-based reasoner keeps scores and confidence between 0 and 1', () => {
    const best = weigh({
      ...question(
        [doc({ supports: 'x' }, 1)],
        Array.from({ length: 50 }, () => episode('x', true)),
      ),
      options: [option('x', 1)],
    });
    expect([best.selected.score <= 1, best.confidence <= 1, best.confidence > 0.5]).toEqual([true, true, true]);
  });
});

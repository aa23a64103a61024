/** Builds the question for the reasoner when spending is unusual: the situation with the options. */

import type { Alternative, ContextItem } from '../../runtime/core/acting.ts';
import type { JsonObject } from '../../runtime/core/json.ts';
import type { Episode } from '../../runtime/memory/episodic-memory.ts';
import type { KnowledgeMatch } from '../../runtime/memory/semantic-memory.ts';
import type { Option, Question, Reasoned } from '../../runtime/reasoning/reasoner.ts';
import { monthlyCost } from '../cloud/money.ts';
import { type ServiceView, steadyUtilization } from '../cloud/view.ts';
import { contextOfCase, type OpenCase } from './open-case.ts';
import type { Anomaly } from './spending.ts';

/** The cost of an investigation by an engineer, USD. */
const lookCost = 50;

export interface Recalled {
  readonly knowledge: readonly KnowledgeMatch[];
  readonly episodes: readonly Episode[];
  /** Absent when no investigation is in progress. */
  readonly open: OpenCase | undefined;
}

/** Describes the situation in words, for a search by meaning. */
export function searchText({ spec, now }: ServiceView): string {
  const sources =
    now.sourceConcentration > 0.3 ? 'most requests come from few sources' : 'requests come from many sources';
  return `cost spike in ${spec.service}: load rose suddenly, ${sources}`;
}

/** Returns what similar situations have in common; episodes are recalled by it. */
export function likeness(service: string, run: string): JsonObject {
  return { service, anomaly_type: 'cost_spike', run };
}

export function questionOf(view: ServiceView, anomaly: Anomaly, { knowledge, episodes, open }: Recalled): Question {
  const { spec, now } = view;
  return {
    goal: `bring the spending on ${spec.service} back`,
    situation: {
      service: spec.service,
      anomaly: anomaly.kind,
      load: Math.round(now.load),
      instances: now.instances,
      utilization: round(now.utilization),
      source_concentration: round(now.sourceConcentration),
    },
    options: [investigation(open), limit(view), saving(view)],
    knowledge,
    episodes,
  };
}

const investigation = (open: OpenCase | undefined): Option => ({
  action: 'investigate',
  fitness: open === undefined ? 0.55 : 0.25,
  because: open === undefined ? 'the cause is not known' : `it is looked for since tick ${open.asked_at_tick}`,
  estimate: { estimated_cost: lookCost },
  risk: 'delays resolution',
});

function limit({ now }: ServiceView): Option {
  const share = now.sourceConcentration;
  return {
    action: 'limit_rate',
    fitness: 0.1 + 0.5 * share,
    because: `${Math.round(100 * share)} % of the requests come from the busiest sources`,
    estimate: { estimated_savings: round(share), estimated_cost: 0 },
    risk: 'may block legitimate traffic',
  };
}

function saving(view: ServiceView): Option {
  const utilization = steadyUtilization(view, 2);
  return {
    action: 'scale_down',
    fitness: Math.max(0, 0.4 - 0.5 * utilization),
    because: `utilisation is ${Math.round(100 * utilization)} %`,
    estimate: { estimated_savings: monthlyCost(view.spec, 1) },
    risk: 'may hurt latency',
  };
}

/** Lists the context that was read, for the trace. */
export function contextOf(view: ServiceView, { knowledge, episodes, open }: Recalled): readonly ContextItem[] {
  const { spec, now } = view;
  const seen = `load ${Math.round(now.load)}, ${now.instances} instances, utilisation ${Math.round(100 * now.utilization)} %`;
  return [
    { source: 'observation', id: `${spec.service}@${now.tick}`, text: seen },
    ...(open === undefined ? [] : [contextOfCase(open)]),
    ...knowledge.map(({ id, version, text, score }): ContextItem => {
      return { source: 'semantic_memory', id, version, text, score: round(score) };
    }),
    ...episodes.map(({ episode_id, summary, outcome }): ContextItem => {
      return { source: 'episodic_memory', id: episode_id, text: `${summary}: ${outcome ?? 'outcome unknown'}` };
    }),
  ];
}

/** Lists the alternatives that were weighed, for the trace. */
export const alternativesOf = ({ ranking }: Reasoned): readonly Alternative[] =>
  ranking.map(({ action, score, estimate, risk, parts }) => ({
    ...estimate,
    action,
    score,
    risk,
    parts: { ...parts },
  }));

const round = (value: number): number => Math.round(value * 100) / 100;

/** Weighs what can be done about a load: what each way costs, carries and risks. A function of its numbers. */

type Action = 'scale_out' | 'enable_rate_limiting' | 'reserve_capacity' | 'investigate_further';

export interface Demand {
  /** The load, in the unit of the metric, and what was expected of it. */
  readonly value: number;
  readonly expected: number;
  /** Instances that serve it. */
  readonly resources: number;
  readonly bottleneck: string;
  /** In the bottleneck, 0 to 1. */
  readonly confidence: number;
  /** What was suggested, the best first. */
  readonly options: readonly Action[];
  /** USD a month. */
  readonly budget: number;
}

export interface Prices {
  /** One instance on demand, USD a month. */
  readonly instance: number;
  /** What a reserved one costs of that, 0 to 1. */
  readonly reservedShare: number;
  /** An engineer's look, USD. */
  readonly investigation: number;
}

export interface Alternative {
  readonly action: Action;
  readonly parameters: Readonly<Record<string, number>>;
  /** USD a month. */
  readonly estimatedCost: number;
  readonly risk: string;
  /** The share of the excess load that is served, 0 to 1. */
  readonly carries: number;
  readonly withinBudget: boolean;
  /** The higher the better. */
  readonly score: number;
}

export interface Plan {
  readonly chosen: Alternative;
  /** Every one that was weighed, the best first. */
  readonly alternatives: readonly Alternative[];
  readonly rationale: string;
}

/** Load per instance is brought back to four fifths of what was usual. */
const headroom = 1.25;
/** A load above this many times the usual is not answered by scaling alone. */
const mostFactor = 20;
/** Requests above this much of the usual load are turned away. */
const limitAt = 1.2;
const reservedMonths = 12;

interface Way {
  readonly parameters: Readonly<Record<string, number>>;
  readonly cost: number;
  readonly carries: number;
  readonly risk: string;
  /** 0 to 1. */
  readonly danger: number;
}

export function planFor(demand: Demand, prices: Prices): Plan {
  const actions = new Set<Action>([...demand.options, 'enable_rate_limiting', 'investigate_further']);
  const alternatives = [...actions].map((action) => weigh(action, demand, prices)).sort(better);
  const [chosen] = alternatives as [Alternative, ...Alternative[]];
  const others = alternatives.filter((other) => other !== chosen && !other.withinBudget).length;
  const why = `${chosen.action} scores best of ${alternatives.length} for ${demand.bottleneck}`;
  const spent = chosen.withinBudget ? 'within budget' : 'though over budget, as everything else';
  const rationale = `${why}, ${spent}${others > 0 ? `; ${others} of the others would exceed it` : ''}`;
  return { chosen, alternatives, rationale };
}

function weigh(action: Action, demand: Demand, prices: Prices): Alternative {
  const way = wayOf(action, demand, prices);
  const place = demand.options.indexOf(action);
  const suggested = place === -1 ? 0 : 0.4 / (place + 1);
  const expense = 0.2 * Math.min(1, way.cost / Math.max(1, demand.budget));
  const estimatedCost = Math.round(way.cost * 100) / 100;
  return {
    action,
    parameters: way.parameters,
    estimatedCost,
    risk: way.risk,
    carries: way.carries,
    withinBudget: estimatedCost <= demand.budget,
    score: Math.round(100 * (way.carries - way.danger + suggested - expense)) / 100,
  };
}

function wayOf(action: Action, demand: Demand, prices: Prices): Way {
  const { parameters, carries } = scaling(demand);
  const fleeting = demand.bottleneck === 'unprecedented_burst';
  switch (action) {
    case 'scale_out':
      return {
        parameters,
        carries,
        cost: parameters.instances * prices.instance,
        risk: fleeting ? 'the burst may be over before it helps' : 'pays for idle capacity once the load falls',
        danger: fleeting ? 0.6 : 0.2,
      };
    case 'reserve_capacity':
      return {
        parameters: { ...parameters, months: reservedMonths },
        carries,
        cost: parameters.instances * prices.instance * prices.reservedShare,
        risk: `binds for ${reservedMonths} months, whatever the load does`,
        danger: 0.7,
      };
    case 'enable_rate_limiting':
      return {
        parameters: { threshold: limitFor(demand) },
        carries: 0.6,
        cost: 0,
        risk: 'may block legitimate traffic',
        danger: 0.4,
      };
    case 'investigate_further':
      return { parameters: {}, carries: 0, cost: prices.investigation, risk: 'delays resolution', danger: 0.3 };
    default:
      return action satisfies never;
  }
}

/** In the unit of the metric; half of a load that has risen from nothing, of which nothing usual is known. */
function limitFor({ expected, value }: Demand): number {
  return Number((expected > 0 ? limitAt * expected : value / 2).toPrecision(3));
}

/** By how much to scale so that an instance has its usual share again; the load may have risen from nothing. */
function scaling(demand: Demand): {
  readonly parameters: { readonly factor: number; readonly instances: number };
  readonly carries: number;
} {
  const rise = demand.expected > 0 ? demand.value / demand.expected : Number.POSITIVE_INFINITY;
  const needed = rise * headroom;
  const factor = Math.round(10 * Math.max(1, Math.min(mostFactor, needed))) / 10;
  const instances = Math.max(1, Math.ceil(demand.resources * (factor - 1)));
  return { parameters: { factor, instances }, carries: needed <= mostFactor ? 1 : 0.5 };
}

/** What can be paid before what cannot; then by score, then the cheaper. */
function better(a: Alternative, b: Alternative): number {
  if (a.withinBudget !== b.withinBudget) return a.withinBudget ? -1 : 1;
  return b.score - a.score || a.estimatedCost - b.estimatedCost;
}

/**
 * An agent that owns a resource: its mailbox serialises proposals. It consults the agents with a stake, grants one proposal for a
 * time, acts within policy, then checks the outcome later.
 */

import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import { needs } from '../../runtime/actor/needs.ts';
import { type Claim, type GrantLedger, type GrantRules, grantOne } from '../../runtime/coordination/grant.ts';
import type { ActResult } from '../../runtime/core/acting.ts';
import { reasonOf } from '../../runtime/core/errors.ts';
import type { ServiceReading } from '../cloud/cloud.ts';
import { isRefusedAct } from '../cloud/refused-act.ts';
import { optimizerRef, type ResourceIntents, resourceRef } from '../protocol/agents.ts';
import type { Proposal } from '../protocol/proposal.ts';
import type { MeshServices } from '../protocol/services.ts';
import { closeOutcomes, expectOutcome } from './follow-up.ts';
import { Ledgers } from './ledger.ts';
import type { Pending, ResourceOptions } from './options.ts';
import type { Context, ResourceState } from './state.ts';

/** A claim with its pending proposal. */
type Wanted = Claim & { readonly pending: Pending };

export function resourceAgent({ idleMs, grants, rules }: ResourceOptions): Agent<ResourceIntents, MeshServices> {
  const resource = new Resource(rules);
  return defineAgent({
    kind: resourceRef.kind,
    keyed: true,
    delivery: 'at_least_once',
    intents: resourceRef.intents,
    services: needs<MeshServices>(),
    state: (): ResourceState => ({ pending: [], outcomes: [], acts: [] }),
    mailbox: { idleMs },
    receive: {
      async propose(intent, ctx) {
        const { intent_id, from_agent: by, context: proposal } = intent;
        if (ctx.state.pending.some((other) => other.cause.intent_id === intent_id)) return;
        ctx.state.pending.push({ by, proposal, cause: await ctx.keepCause() });
        if (!grants) await resource.doAll(ctx);
      },
      async settle({ context: { reading } }, ctx) {
        await closeOutcomes(ctx, reading);
        await resource.settle(ctx, reading);
      },
    },
  });
}

class Resource {
  readonly #rules: GrantRules;

  constructor(rules: GrantRules) {
    this.#rules = rules;
  }

  /** Decides at the end of the window: one of the proposals is granted. */
  async settle(ctx: Context, reading: ServiceReading): Promise<void> {
    const { events } = ctx.services;
    const { service } = reading;
    if (ctx.state.pending.length === 0) return;
    const { ledger, version } = await ledgersOf(ctx).read(service);
    const wanted: Wanted[] = [];
    for (const pending of ctx.state.pending) wanted.push(await this.#heard(ctx, pending, reading));
    ctx.state.pending = [];
    const useful = wanted.filter(({ pending }) => changesSomething(pending.proposal, reading));
    const useless = wanted.filter((one) => !useful.includes(one));
    // a change that keeps the size conflicts with no other proposal
    for (const { pending, direction } of useful) if (direction === 'none') await this.#act(ctx, pending, reading);
    const sizes = useful.filter(({ direction }) => direction !== 'none');
    const granting = grantOne(ledger, sizes, reading.at, this.#rules);
    const refused = [
      ...granting.refused,
      ...useless.map((claim) => ({ claim, reason: 'the optimizer shows that what is there is needed' })),
    ];
    for (const { claim, reason } of refused) {
      events.refused?.(service, claim.pending.proposal, claim.by, reason);
      await this.#tell(ctx, claim.pending, 'refused', reason);
    }
    if (granting.granted !== undefined) await this.#grant(ctx, granting.granted, reading, granting.ledger, version);
  }

  /** Without grants: executes every proposal at once. */
  async doAll(ctx: Context): Promise<void> {
    for (const pending of ctx.state.pending) await this.#act(ctx, pending, undefined);
    ctx.state.pending = [];
  }

  /** Asks the optimizer for its needs before a proposal takes something away. */
  async #heard(ctx: Context, pending: Pending, reading: ServiceReading): Promise<Wanted> {
    const { by, proposal } = pending;
    const claim = claimOf(by, proposal);
    if (proposal.direction !== 'down') return { ...claim, pending };
    const { service } = proposal;
    const position = await ctx.ask(optimizerRef, { intent_type: 'position', context: { service } });
    const instances = Math.max(position.instances, Number(proposal.arguments.instances));
    const scale_factor = Math.round((100 * instances) / Math.max(1, reading.instances)) / 100;
    const limited: Proposal = { ...proposal, arguments: { ...proposal.arguments, instances, scale_factor } };
    const validMs = position.valid_ms / 4;
    const { released } = position;
    return { ...claim, validMs, released, pending: { ...pending, proposal: limited } };
  }

  async #grant(
    ctx: Context,
    wanted: Wanted,
    reading: ServiceReading,
    ledger: GrantLedger,
    version: number,
  ): Promise<void> {
    const { events } = ctx.services;
    const { pending } = wanted;
    const { service } = reading;
    const written = await ledgersOf(ctx).write(service, ledger, version);
    if (written === undefined) {
      events.refused?.(service, pending.proposal, pending.by, decidedElsewhere);
      await this.#tell(ctx, pending, 'refused', decidedElsewhere);
      return;
    }
    events.granted?.(service, pending.proposal, pending.by);
    let done = false;
    try {
      done = (await this.#act(ctx, pending, reading))?.status === 'done';
    } finally {
      // an act that was not done is not a change, so it must not block others
      if (!done) await this.#withdraw(ctx, service, written);
    }
  }

  async #withdraw(ctx: Context, service: string, version: number): Promise<void> {
    const ledgers = ledgersOf(ctx);
    const { ledger } = await ledgers.read(service);
    await ledgers.write(service, { grant: null, changes: ledger.changes.slice(0, -1) }, version);
  }

  /** Executes an act. @returns `undefined` when it was refused for good: nothing is recorded here, or it has no actuator */
  async #act(ctx: Context, pending: Pending, before: ServiceReading | undefined): Promise<ActResult | undefined> {
    const { events } = ctx.services;
    const { by, proposal, cause } = pending;
    const { service, action, estimated_cost, estimated_minutes, justification, arguments: args } = proposal;
    const asked = { name: action, resource: `service/${service}`, arguments: args, cause };
    const facts = { service, estimated_cost, estimated_minutes, justification };
    let result: ActResult;
    try {
      result = await ctx.act({ ...asked, facts }, proposal.reasons);
    } catch (error) {
      if (!isRefusedAct(error)) throw error;
      events.refused?.(service, proposal, by, reasonOf(error));
      await this.#tell(ctx, pending, 'refused', reasonOf(error));
      return undefined;
    }
    events.acted?.(service, proposal, by, result);
    const reason = result.status === 'denied' ? result.reason : result.decision.reason;
    await this.#tell(ctx, pending, result.status, reason);
    if (result.status === 'done' && before !== undefined) await expectOutcome(ctx, pending, result.trace_id, before);
    return result;
  }

  #tell(
    ctx: Context,
    { by, proposal }: Pending,
    verdict: 'done' | 'refused' | 'denied',
    reason: string,
  ): Promise<unknown> {
    const { service, action } = proposal;
    return ctx.tell(by, { intent_type: 'verdict', context: { service, action, verdict, reason } });
  }
}

const ledgersOf = ({ memory, services: { run } }: Context): Ledgers => new Ledgers(memory.shared, run);

const decidedElsewhere = 'another activation of this resource has decided meanwhile';

function claimOf(by: string, { direction, tier, reasons, valid_ms }: Proposal): Claim {
  return { by, direction, tier, confidence: reasons.confidence_score, validMs: valid_ms };
}

function changesSomething(
  { action, arguments: args }: Proposal,
  { instances, reserved, limited }: ServiceReading,
): boolean {
  switch (action) {
    case 'scale_up':
      return Number(args.instances) > instances;
    case 'scale_down':
      return Number(args.instances) < instances;
    case 'reserve_instances':
      return Number(args.instances) > reserved;
    case 'limit_rate':
      return args.on !== limited;
    default:
      return action satisfies never;
  }
}

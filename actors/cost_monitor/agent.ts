/** Watches spending: removes idle capacity; reasons about an anomaly before it acts. */
import type { HandlingContext } from '../../runtime/actor/context.ts';
import { type Agent, defineAgent } from '../../runtime/actor/define-agent.ts';
import { needs } from '../../runtime/actor/needs.ts';
import type { Json } from '../../runtime/core/json.ts';
import type { Reasoned } from '../../runtime/reasoning/reasoner.ts';
import type { ServiceReading } from '../cloud/cloud.ts';
import type { ServiceView } from '../cloud/view.ts';
import { type MonitorIntents, monitorRef, optimizerRef, resourceRef } from '../protocol/agents.ts';
import type { Proposal } from '../protocol/proposal.ts';
import type { MeshServices } from '../protocol/services.ts';
import { decideSaving } from './decide.ts';
import { OpenCases } from './open-case.ts';
import { investigationOf, limitProposal, savingProposal } from './proposals.ts';
import { likeness, questionOf, type Recalled, searchText } from './question.ts';
import { type Anomaly, Spending } from './spending.ts';

export interface CostMonitorOptions {
  readonly idleMs: number;
}

type Context = Pick<
  HandlingContext<Spending, Json, MeshServices>,
  'state' | 'tell' | 'step' | 'reason' | 'memory' | 'services'
>;

const knowledgeItems = 3;
const rememberedEpisodes = 10;

export function costMonitor({ idleMs }: CostMonitorOptions): Agent<MonitorIntents, MeshServices> {
  const propose = async (ctx: Context, proposal: Proposal): Promise<void> => {
    const { tick } = ctx.state.views.of(proposal.service).now;
    if (!ctx.state.patience.allows(proposal.service, proposal.action, tick)) return;
    await ctx.tell(resourceRef.at(proposal.service), {
      intent_type: 'propose',
      context: proposal,
      constraints: ctx.services.constraints(proposal.service),
    });
  };
  const observe = async (ctx: Context, reading: ServiceReading): Promise<void> => {
    const anomaly = ctx.state.add(reading);
    const view = ctx.state.views.of(reading.service);
    if (anomaly?.kind === 'spread_again') return propose(ctx, limitProposal(view, false));
    if (anomaly !== undefined) return answer(ctx, view, anomaly);
    const decision = decideSaving(view);
    if (decision !== undefined) await propose(ctx, savingProposal(view, decision));
  };
  /** Reasons about an anomaly from knowledge, past episodes and the present state; then acts. */
  const answer = async (ctx: Context, view: ServiceView, anomaly: Anomaly): Promise<void> => {
    const recalled = await ctx.step('recall', () => recall(ctx, view));
    const question = questionOf(view, anomaly, recalled);
    const result = await ctx.reason<Reasoned>({}, ({ signal }) => ctx.services.reasoner.reason(question, signal));
    if (result.kind === 'limit') return;
    const reasoned = result.decision;
    switch (reasoned.selected.action) {
      case 'limit_rate':
        return propose(ctx, limitProposal(view, true, { recalled, reasoned }));
      case 'scale_down': {
        const decision = decideSaving(view);
        if (decision !== undefined) await propose(ctx, savingProposal(view, decision, { recalled, reasoned }));
        return;
      }
      default:
        if (anomaly.kind === 'spike') {
          await casesOf(ctx).open(view.spec.service, view.now.tick);
          await ctx.tell(optimizerRef, {
            intent_type: 'investigate',
            context: investigationOf(view, anomaly.spike),
            constraints: ctx.services.constraints(view.spec.service),
          });
        }
    }
  };
  return defineAgent({
    kind: monitorRef.kind,
    delivery: 'at_least_once',
    intents: monitorRef.intents,
    services: needs<MeshServices>(),
    state: () => new Spending(),
    mailbox: { idleMs },
    receive: {
      async observe({ context }, ctx) {
        for (const reading of context.readings) await observe(ctx, reading);
      },
      verdict({ context }, ctx) {
        const { service, action, verdict } = context;
        if (verdict === 'denied') ctx.state.patience.denied(service, action, ctx.state.views.of(service).now.tick);
        ctx.log.debug({ ...context }, 'a proposal of the cost monitor was answered');
      },
    },
  });
}

const casesOf = ({ memory, services: { run } }: Context): OpenCases => new OpenCases(memory.working, run);

async function recall(ctx: Context, view: ServiceView): Promise<Recalled> {
  const { semantic, episodic } = ctx.memory;
  const { service } = view.spec;
  const contains = likeness(service, ctx.services.run);
  const [knowledge, remembered, open] = await Promise.all([
    semantic.search({ text: searchText(view), limit: knowledgeItems }),
    episodic.recall({ contains, until: view.now.at, closed: true, limit: rememberedEpisodes }),
    casesOf(ctx).read(service, view.now.tick),
  ]);
  return { knowledge, episodes: remembered, open };
}

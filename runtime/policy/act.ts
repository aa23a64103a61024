/**
 * Executes acts in three stages. There is no other way to act.
 *
 * 1. `decide-act.ts`: proposed (frozen, hashed) ──cause known──▶ nothing else begun in its place ──policy──▶ decided ──▶ logged
 * 2. `await-approval.ts`: allow, deny ──▶ answered; require_approval ──approver──▶ decided again ──▶ answered
 * 3. `execute-act.ts`: answered ──▶ traced ──▶ claimed (key, hash) ──same hash──▶ executed, or denied
 *
 * Architecture invariant 9: nothing executes without a recorded allow, or a recorded approval of exactly that action under the
 * current bundle. An act that cannot be recorded is not done. Invariant 15: the decided action is the one that executes.
 */
import type { ActCall } from '../core/act-call.ts';
import type { ActResult, Cause } from '../core/acting.ts';
import type { Clock } from '../core/clock.ts';
import type { Intent } from '../core/intent.ts';
import { keepCause } from './act-causes.ts';
import type { DivergedCall } from './act-divergence.ts';
import { ActNotRecordedError, NoActuatorError } from './act-errors.ts';
import type { ActEvents } from './act-events.ts';
import type { ActOptions } from './act-options.ts';
import { ActRecords } from './act-records.ts';
import type { ActStore } from './act-store.ts';
import { ApprovalStage } from './await-approval.ts';
import { DecideStage } from './decide-act.ts';
import type { DecisionLog } from './decision-log.ts';
import { ExecuteStage, type ExecutionPorts } from './execute-act.ts';

export interface ActsParts extends ActOptions {
  readonly log: DecisionLog;
  readonly store: ActStore;
  readonly diverged: DivergedCall;
  readonly clock: Clock;
  readonly events: ActEvents;
  /** The id of the active OpenTelemetry trace, if there is one. */
  readonly otelTraceId: () => string | null;
}

export class Acts {
  readonly #store: ActStore;
  readonly #options: ActOptions;
  readonly #deciding: DecideStage;
  readonly #approving: ApprovalStage;
  readonly #executing: ExecuteStage;
  readonly #events: ActEvents;

  constructor(parts: ActsParts) {
    const { store, approver } = parts;
    const records = new ActRecords(store);
    this.#options = parts;
    this.#events = parts.events;
    this.#store = store;
    this.#deciding = new DecideStage({ ...parts, records });
    this.#approving = new ApprovalStage(approver, this.#deciding);
    this.#executing = new ExecuteStage({ ...parts, records });
  }

  /**
   * Decides, records and executes an act.
   * @throws NoActuatorError, ForeignCauseError, ActNotRecordedError, ActDivergedError before anything is done; errors of the
   * actuator
   */
  async act(call: ActCall): Promise<ActResult> {
    const ports = this.#ports(call.proposal.action.name);
    const act = await this.#deciding.begin(call);
    const decided = await this.#deciding.decide(act);
    const answered = await this.#approving.answer(act, decided);
    const { agent } = call;
    const { name } = call.proposal.action;
    try {
      const result = await this.#executing.execute(act, answered, ports);
      this.#events.actEnded(agent, name, result.status);
      return result;
    } catch (error) {
      this.#events.actEnded(agent, name, 'failed');
      throw error;
    }
  }

  /** Records the intent in hand for later acts. @throws ForeignCauseError */
  keepCause(agent: string, intent: Intent): Promise<Cause> {
    return keepCause(this.#store, agent, intent);
  }

  /** Looks up actuator and trace store; an act without both is not decided. @throws NoActuatorError, ActNotRecordedError */
  #ports(name: string): ExecutionPorts {
    const { actuators, traces } = this.#options;
    const actuator = Object.hasOwn(actuators, name) ? actuators[name] : undefined;
    if (actuator === undefined) throw new NoActuatorError(name, Object.keys(actuators));
    if (traces === undefined) {
      throw new ActNotRecordedError(name, 'this node keeps no reasoning traces', { retryable: false });
    }
    return { actuator, traces };
  }
}

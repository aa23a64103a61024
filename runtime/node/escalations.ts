/** Raises escalations: appends them to the mesh's log, also writes a log line, because the store may be unavailable. */

import { type Clock, type Timer, toIso } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import type { Escalation, EscalationCall } from '../core/escalation.ts';
import { parseAgentId } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import type { Logger } from '../core/logger.ts';
import { agentKeyOf } from '../core/subjects.ts';
import type { RecordLog } from '../transport/index.ts';
import { EscalationLimit, escalationLimits } from './escalation-limit.ts';

/** Interval at which windows are checked. */
const lookMs = 5_000;

export interface EscalationsParts {
  readonly log: RecordLog;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  readonly raised: (escalation: Escalation) => void;
}

export class Escalations {
  readonly #parts: EscalationsParts;
  readonly #limit = new EscalationLimit(escalationLimits);
  #timer: Timer | undefined;
  #stopped = false;

  constructor(parts: EscalationsParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the escalation is stored, or counted: beyond `escalationLimits` an agent's escalations become one record with
   * their number.
   * @throws TransportUnavailableError
   */
  async escalate(call: EscalationCall, intent: Intent | undefined): Promise<void> {
    const { clock } = this.#parts;
    const isStored = this.#limit.admit(call.agent, call.reason, clock.monotonic());
    if (!this.#stopped) this.#timer ??= clock.after(lookMs, () => this.#look());
    if (isStored) await this.#store(call, intent);
  }

  /** Reports the escalations that were only counted. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#report(Number.POSITIVE_INFINITY);
  }

  #look(): void {
    const { clock } = this.#parts;
    this.#report(clock.monotonic());
    this.#timer = this.#limit.isOpen ? clock.after(lookMs, () => this.#look()) : undefined;
  }

  #report(now: number): void {
    for (const { of, reason, count } of this.#limit.ended(now)) {
      this.#storeSoon({
        agent: of,
        reason: 'repeated',
        message: `"${of}" called for a human ${count} more times within a minute (${reason})`,
        detail: { repeats: count, of: reason },
      });
    }
  }

  async #store(call: EscalationCall, intent: Intent | undefined): Promise<void> {
    const { log, clock, newId, logger, raised } = this.#parts;
    const escalation: Escalation = {
      v: 1,
      escalation_id: newId(),
      ...call,
      intent_id: intent?.intent_id ?? null,
      root_intent_id: intent?.root_intent_id ?? intent?.intent_id ?? null,
      raised_at: toIso(clock.now()),
    };
    logger.error({ ...escalation }, 'a human is needed');
    raised(escalation);
    const payload = Buffer.from(JSON.stringify(escalation));
    const key = agentKeyOf(parseAgentId(call.agent));
    await log.append({ key, messageId: escalation.escalation_id, payload });
  }

  /** Raises an escalation for a caller that cannot wait. */
  raiseSoon(call: EscalationCall): void {
    this.escalate(call, undefined).catch((error: unknown) => this.#notStored(call, error));
  }

  #storeSoon(call: EscalationCall): void {
    this.#store(call, undefined).catch((error: unknown) => this.#notStored(call, error));
  }

  #notStored({ agent }: EscalationCall, error: unknown): void {
    this.#parts.logger.error({ agent, reason: reasonOf(error) }, 'a call for a human could not be stored');
  }
}

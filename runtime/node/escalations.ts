/** Calls humans: appends to the mesh's escalations, and says so in the log, because the store may be away. */
import type { Escalation, EscalationCall } from '../actor/escalation.ts';
import { type Clock, toIso } from '../core/clock.ts';
import { reasonOf } from '../core/errors.ts';
import { parseAgentId } from '../core/ids.ts';
import type { Intent } from '../core/intent.ts';
import type { Logger } from '../core/logger.ts';
import { agentKeyOf } from '../core/subjects.ts';
import type { RecordLog } from '../transport/index.ts';

export interface EscalationsParts {
  readonly log: RecordLog;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly logger: Logger;
  readonly raised: (escalation: Escalation) => void;
}

export class Escalations {
  readonly #parts: EscalationsParts;

  constructor(parts: EscalationsParts) {
    this.#parts = parts;
  }

  /** Resolves when it is stored. @throws TransportUnavailableError */
  async raise(call: EscalationCall, intent: Intent | undefined): Promise<void> {
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

  /** For whoever cannot wait. */
  raiseSoon(call: EscalationCall): void {
    this.raise(call, undefined).catch((error: unknown) => {
      this.#parts.logger.error(
        { agent: call.agent, reason: reasonOf(error) },
        'a call for a human could not be stored',
      );
    });
  }
}

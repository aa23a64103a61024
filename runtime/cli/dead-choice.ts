/** Parses the user's choice of a dead letter: its number in the list, or the ticket of its intent. */
import { InvalidArgumentError } from 'commander';
import { checkIntentId, parseAgentId } from '../core/ids.ts';
import { isObject } from '../core/json.ts';
import { parseJsonText } from '../core/json-text.ts';
import type { Ticket } from '../core/ticket.ts';
import { unverifiedPlace } from '../gateway/ticket-id.ts';

export type DeadChoice =
  | { readonly kind: 'number'; readonly number: number }
  /** The ticket as the gateway returns it: one word. */
  | { readonly kind: 'word'; readonly word: string }
  /** The ticket as `node.tell` and `parley send` return it. */
  | { readonly kind: 'ticket'; readonly ticket: Ticket };

const shape =
  'It must be a number as "dead list" shows it, or a ticket: the JSON that "parley send", node.tell or the gateway gave, or the gateway\'s word.';

/** Parses a choice. @throws InvalidArgumentError */
export function deadChoice(text: string): DeadChoice {
  const given = text.trim();
  if (/^\d+$/.test(given)) {
    const number = Number(given);
    if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError(shape);
    return { kind: 'number', number };
  }
  try {
    return given.startsWith('{') ? ticketOf(parseJsonText(given)) : wordOf(given);
  } catch {
    throw new InvalidArgumentError(shape);
  }
}

function ticketOf(document: unknown): DeadChoice {
  const { ticket, intent_id, to, stream, seq } = isObject(document) ? document : {};
  if (typeof ticket === 'string') return wordOf(ticket);
  if (typeof to !== 'string' || typeof stream !== 'string' || !Number.isSafeInteger(seq)) throw new Error(shape);
  parseAgentId(to);
  return { kind: 'ticket', ticket: { intent_id: checkIntentId(intent_id), to, stream, seq: Number(seq) } };
}

function wordOf(word: string): DeadChoice {
  unverifiedPlace(word);
  return { kind: 'word', word };
}

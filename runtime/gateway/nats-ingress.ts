/**
 * Intents by NATS request, from any language: `<mesh>.in.<from kind>.<from key>.<to kind>.<to key>` (`=` for no key), the intent
 * as JSON. The answer is the ticket, or `{"error": {...}}`. Who may publish where, NATS permissions say.
 */
import { intentLimits } from '../core/intent.ts';
import { IntentTooLargeError, MalformedJsonError } from '../core/intent-errors.ts';
import { ingressPattern, parseIngressSubject } from '../core/subjects.ts';
import type { Node } from '../node/node.ts';
import { errorDocument } from './error-document.ts';
import type { Ingress } from './ingress.ts';

/** Every request goes to one node of those that serve it. */
const queue = 'ingress';

/** Serves until the returned function is called. */
export function serveNats(node: Pick<Node, 'place'>, ingress: Ingress): () => void {
  const { transport, mesh } = node.place;
  return transport.signals.serve(ingressPattern(mesh), queue, (subject, payload) => answer(ingress, subject, payload));
}

async function answer(ingress: Ingress, subject: string, payload: Uint8Array): Promise<string> {
  try {
    const parties = parseIngressSubject(subject) ?? {};
    const { accepted } = await ingress.accept({ document: parse(payload), ...parties });
    return JSON.stringify(accepted);
  } catch (error) {
    return JSON.stringify({ error: errorDocument(error) });
  }
}

function parse(payload: Uint8Array): unknown {
  if (payload.length > intentLimits.bytes) throw new IntentTooLargeError(payload.length, intentLimits.bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (cause) {
    throw new MalformedJsonError(cause);
  }
}

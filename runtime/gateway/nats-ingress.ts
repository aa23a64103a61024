/**
 * Accepts intents by NATS request, from any language: `<mesh>.in.<from kind>.<from key>.<to kind>.<to key>` (`=` for no key), with
 * the intent as JSON. The answer is the ticket, or `{"error": {...}}`. NATS permissions decide who may publish where.
 */

import type { MessageHeaders } from '../core/delivery.ts';
import { intentLimits } from '../core/intent.ts';
import { IntentTooLargeError, MalformedJsonError } from '../core/intent-errors.ts';
import { parseExactly } from '../core/json-text.ts';
import { ingressPattern, ingressSubject, parseIngressSubject } from '../core/subjects.ts';
import { tracedPart } from '../core/tracing.ts';
import type { Node } from '../node/node.ts';
import type { Serve } from '../transport/index.ts';
import type { Accepted } from './accepted.ts';
import { errorDocument } from './error-document.ts';
import type { Ingress } from './ingress.ts';

/** The queue group: each request goes to one of the nodes that serve it. */
const queue = 'ingress';

/** An unreachable server does not keep the gateway from starting. */
const confirmMs = 1_000;

/** Serves until the returned function is called; resolves when the server has confirmed the subscription, or is away. */
export async function serveNats(node: Pick<Node, 'place'>, ingress: Ingress): Promise<() => void> {
  const { transport, mesh, tracing } = node.place;
  const accept = (subject: string, payload: Uint8Array, headers?: MessageHeaders): Promise<Accepted> =>
    tracedPart(tracing.arrive(ingressSubject(mesh), headers), () => accepted(ingress, subject, payload));
  const serve: Serve = async (subject, payload, headers) => {
    try {
      return JSON.stringify(await accept(subject, payload, headers));
    } catch (error) {
      return JSON.stringify({ error: errorDocument(error) });
    }
  };
  const stop = transport.signals.serve(ingressPattern(mesh), queue, serve);
  // nothing answers there: but its reply arrives after everything that this connection has sent before
  await transport.signals.ask(ingressSubject(mesh), '', confirmMs);
  return stop;
}

async function accepted(ingress: Ingress, subject: string, payload: Uint8Array): Promise<Accepted> {
  const parties = parseIngressSubject(subject) ?? {};
  return (await ingress.accept({ document: parse(payload), ...parties })).accepted;
}

function parse(payload: Uint8Array): unknown {
  if (payload.length > intentLimits.bytes) throw new IntentTooLargeError(payload.length, intentLimits.bytes);
  try {
    return parseExactly(payload);
  } catch (cause) {
    throw new MalformedJsonError(cause);
  }
}

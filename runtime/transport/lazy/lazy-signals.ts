/** Signals of a store that is not yet connected. At most once: a message sent before the connection is not sent again. */
import { checkPattern, checkQueue, checkSubject } from '../../core/subject-rules.ts';
import type { Signals } from '../signals.ts';
import type { Connecting } from './connecting.ts';

export function lazySignals(connecting: Connecting): Signals {
  return {
    notify: (subject, text) => connecting.transport?.signals.notify(checkSubject(subject), text),
    // checked at once: after connecting, a refusal would reach no caller
    listen: (pattern, handler) => {
      checkPattern(pattern);
      return connecting.onceConnected((transport) => transport.signals.listen(pattern, handler));
    },
    serve: (pattern, queue, handler) => {
      checkPattern(pattern);
      checkQueue(queue);
      return connecting.onceConnected((transport) => transport.signals.serve(pattern, queue, handler));
    },
    onForeignReply: (heard) => connecting.onceConnected((transport) => transport.signals.onForeignReply(heard)),
    ask: async (subject, text, timeoutMs) => connecting.transport?.signals.ask(subject, text, timeoutMs),
  };
}

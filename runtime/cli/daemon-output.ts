/** What a daemon says on standard output: lines for people, or a document for each with `--json`. */
import { print } from './open-mesh.ts';

/** @param event names what happened, for programs; stable across releases */
export type SayEvent = (event: DaemonEvent, text: string, fields?: object) => void;

type DaemonEvent = 'dry_run' | 'searching' | 'open' | 'ready' | 'draining' | 'stopped';

export const daemonOutput =
  (asJson: boolean): SayEvent =>
  (event, text, fields = {}) =>
    print(asJson ? JSON.stringify({ event, ...fields, text }) : text);

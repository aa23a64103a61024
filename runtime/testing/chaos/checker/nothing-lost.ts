/** Rules for the fate of an intent: no accepted intent is lost, no refused one is handled, every end is recorded. */
import { eventsOf, type IntentRecord, isHandled, type RunRecord } from './run-record.ts';
import type { Rule, Violation } from './violation.ts';

/** Intent types that may become dead letters, because their handler always fails or their deadline is short. */
export interface Mortality {
  readonly mayDie: (type: string) => boolean;
}

export function nothingLost(run: RunRecord, { mayDie }: Mortality): readonly Violation[] {
  const violations: Violation[] = [];
  for (const intent of run.intents.values()) {
    const broken = endOf(run, intent, mayDie);
    if (broken === undefined) continue;
    violations.push({ ...broken, events: eventsOf(run, intent.id) });
  }
  return violations;
}

type Broken = { readonly rule: Rule; readonly what: string };

function endOf(run: RunRecord, intent: IntentRecord, mayDie: Mortality['mayDie']): Broken | undefined {
  const { id, lane, accepted, unaccepted, handlings, dead, type } = intent;
  const handled = isHandled(intent);
  const name = `intent ${id} of lane ${lane}`;
  if (accepted !== undefined && !handled && dead === undefined) {
    const how =
      handlings.length === 0 ? 'its handling never began' : `${handlings.length} handlings began and none ended well`;
    return { rule: 'nothing_lost', what: `${name} was accepted at position ${accepted.seq}, and ${how}` };
  }
  if (accepted === undefined && unaccepted?.isKnown === true && handlings.length > 0) {
    return { rule: 'refused_is_refused', what: `${name} was refused, and handled all the same` };
  }
  const archived = run.end.archived.get(id);
  if (handled && archived === undefined && dead === undefined) {
    return { rule: 'record_complete', what: `${name} was handled, and is neither in the archive nor a dead letter` };
  }
  if (archived?.outcome === 'handled' && !handled) {
    return { rule: 'record_complete', what: `${name} is archived as handled, and no handling of it ended well` };
  }
  if (dead !== undefined && type !== undefined && !mayDie(type)) {
    const why = `${dead.reason}: ${dead.errors.at(-1) ?? 'no error'}`;
    return {
      rule: 'no_unjust_death',
      what: `${name} ("${type}") became a dead letter although its handler never fails: ${why}`,
    };
  }
  return undefined;
}

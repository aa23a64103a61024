/** Checks the answer of an approver: only `approved: true` together with a name is an approval. */
import type { Approval } from '../core/acting.ts';
import { reasonOf, show } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { snapshotJson } from '../core/json-snapshot.ts';

/** @returns a frozen copy, or the fault in words */
export function readApproval(answer: unknown): Approval | string {
  if (!isObject(answer)) return `it is ${show(answer)} and no object`;
  let copy: Readonly<Record<string, unknown>>;
  try {
    copy = snapshotJson(answer, 'answer');
  } catch (error) {
    return reasonOf(error);
  }
  const { approved, by, comment } = copy;
  if (typeof approved !== 'boolean') return `its "approved" is ${show(approved)}, which is neither true nor false`;
  if (typeof by !== 'string' || by.trim() === '') return 'it does not say who approves ("by")';
  if (typeof comment !== 'string') return 'its "comment" is no text';
  return Object.freeze({ approved, by, comment });
}

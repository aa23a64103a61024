/** Who answers for the manager: a person at this terminal, or a rule. */
import { createInterface } from 'node:readline/promises';
import { InvalidOptionError } from '../../runtime/core/errors.ts';
import type { ApprovalRequest, Approver } from '../../runtime/policy/approver.ts';

export const approvals = ['ask', 'auto', 'deny'] as const;
export type ApprovalMode = (typeof approvals)[number];

/** @param print where a question is asked. @throws InvalidOptionError */
export function approverFor(mode: string, print: (line: string) => void): Approver {
  switch (mode) {
    case 'auto':
      return ruled(true, '--approve auto', 'everything is approved in this run');
    case 'deny':
      return ruled(false, '--approve deny', 'nothing is approved in this run');
    case 'ask':
      if (process.stdin.isTTY !== true) {
        throw new InvalidOptionError('approve', 'auto or deny where nobody can be asked (no terminal)', mode);
      }
      return { ask: (request, signal) => ask(request, signal, print) };
    default:
      throw new InvalidOptionError('approve', `one of ${approvals.join(', ')}`, mode);
  }
}

function ruled(approved: boolean, by: string, comment: string): Approver {
  return { ask: async () => ({ approved, by, comment }) };
}

async function ask(
  request: ApprovalRequest,
  signal: AbortSignal,
  print: (line: string) => void,
): ReturnType<Approver['ask']> {
  print(`\n${request.agent} wants to: ${JSON.stringify(request.action)}`);
  print(`policy: ${request.decision.reason}`);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question('approve? [y/N] ', { signal });
    const approved = /^y(es)?$/i.test(answer.trim());
    return { approved, by: 'the person at the terminal', comment: approved ? 'approved' : 'not approved' };
  } finally {
    terminal.close();
  }
}

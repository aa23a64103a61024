/** Answers for the manager: a person at this terminal, or a fixed rule. */
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { InvalidOptionError } from '../../runtime/core/errors.ts';
import type { ApprovalRequest, Approver } from '../../runtime/policy/approver.ts';

export const approvals = ['ask', 'auto', 'deny'] as const;
export type ApprovalMode = (typeof approvals)[number];

/** `ask` where a person can answer, `auto` elsewhere. */
export const usualApproval = (
  input: { readonly isTTY?: boolean },
  output: { readonly isTTY?: boolean },
): ApprovalMode => (input.isTTY === true && output.isTTY === true ? 'ask' : 'auto');

/** Creates an approver. @param print displays a question. @throws InvalidOptionError */
export function approverFor(mode: string, print: (line: string) => void): Approver {
  switch (mode) {
    case 'auto':
      return ruled(true, '--approve auto', 'everything is approved in this run');
    case 'deny':
      return ruled(false, '--approve deny', 'nothing is approved in this run');
    case 'ask':
      if (process.stdin.isTTY !== true) {
        throw new InvalidOptionError('approve', 'auto or deny when there is no terminal to ask at', mode);
      }
      return personAt({
        input: process.stdin,
        output: process.stdout,
        print,
        interrupted: () => void process.kill(process.pid, 'SIGINT'),
      });
    default:
      throw new InvalidOptionError('approve', `one of ${approvals.join(', ')}`, mode);
  }
}

function ruled(approved: boolean, by: string, comment: string): Approver {
  return { ask: async () => ({ approved, by, comment }) };
}

/** The terminal of the person. */
export interface Terminal {
  readonly input: Readable;
  readonly output: Writable;
  readonly print: (line: string) => void;
  /** Reports Ctrl-C, which a terminal that is asking a question consumes. */
  readonly interrupted: () => void;
}

export function personAt({ input, output, print, interrupted }: Terminal): Approver {
  return {
    async ask({ agent, on_behalf_of, action, decision }: ApprovalRequest, signal) {
      print(`\n${agent} wants to, for ${on_behalf_of}: ${JSON.stringify(action)}`);
      print(`policy: ${decision.reason}`);
      const terminal = createInterface({ input, output, terminal: true });
      // after Ctrl-D, or when the terminal has closed, the answer is no approval
      const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
      terminal.once('SIGINT', () => {
        terminal.close();
        print('');
        interrupted();
      });
      try {
        const answer = await Promise.race([terminal.question('approve? [y/N] ', { signal }), closed]);
        const approved = /^y(es)?$/i.test(answer.trim());
        return { approved, by: 'the person at the terminal', comment: approved ? 'approved' : 'not approved' };
      } finally {
        terminal.close();
      }
    },
  };
}

/** Attaches a node to what lies outside of it: stray errors of the process, questions of other processes, its connection. */
import { answerAsNode, type NodeAnswers } from '../cluster/node-answers.ts';
import type { NodeParts } from './composition.ts';
import { followConnection } from './connection-follower.ts';
import type { CompiledNode } from './node-options.ts';
import { guardStrayErrors } from './stray-error-guard.ts';

/** @param node its id @returns a function that detaches it */
export function attach(setup: CompiledNode, parts: NodeParts, node: string, answers: NodeAnswers): () => void {
  const { transport, mesh, strayErrors } = setup;
  parts.loopWatch.start();
  const undo = [
    () => parts.loopWatch.stop(),
    ...(strayErrors === 'fail_agent' ? [guardStrayErrors()] : []),
    answerAsNode(transport.signals, mesh, node, answers),
    // replies to the node as a client
    parts.messenger.listen(node),
    ...followConnection(setup, parts),
  ];
  return () => {
    for (const each of undo) each();
  };
}

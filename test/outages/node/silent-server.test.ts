/** Deadlines of sends while the connection stands and the server says nothing. */
import { expect, it } from 'vitest';
import { startNode } from '../../../runtime/node/node.ts';
import { connectJetStream } from '../../../runtime/transport/jetstream/index.ts';
import { listener } from '../../support/agents.ts';
import { PlainServer } from '../../support/plain-server.ts';
import { codeOf } from '../../support/pool-rig.ts';
import { startProxy } from '../../support/tcp-proxy.ts';

const deadlineMs = 200;
/** A publish is given up after 5 s, a silent peer is noticed after 10 s: what ends before that was ended by its deadline. */
const otherwiseMs = 4_000;

it.each(['is stopped', 'is behind a proxy that holds everything back'])(
  'A send and a question end at their deadlines while the server %s, and the lane works afterwards',
  async (how) => {
    await using server = await PlainServer.open();
    server.start();
    await using proxy = await startProxy(server.port);
    await using transport = await connectJetStream({ url: proxy.url, mesh: 'silent', whenUnavailable: 'wait' });
    const handled: unknown[] = [];
    // of one lane: an intent of another that got no answer may be stored, and handled, at any time
    const worker = listener('worker', ['alert'], ({ to_agent, context }) => {
      if (to_agent === 'worker') handled.push(context.n);
    });
    await using node = await startNode({ agents: [worker] }, { transport, mesh: 'silent' });
    await node.tell('worker', { intent_type: 'alert', context: { n: 0 } });

    if (how === 'is stopped') await server.freeze();
    else proxy.swallow();
    const from = performance.now();
    const draft = { intent_type: 'alert', context: { n: 1 } };
    const outcomes = await Promise.allSettled([
      node.tell('worker', draft, { deadlineMs }),
      node.tell('worker', draft, { deadlineMs, mode: 'wait' }),
      node.tell('worker/keyed', draft, { deadlineMs, mode: 'drop' }),
      node.ask('worker', draft, { timeoutMs: deadlineMs }),
    ]);
    const tookMs = performance.now() - from;
    expect(outcomes.map((outcome) => codeOf(outcome.status === 'rejected' ? outcome.reason : outcome.value))).toEqual([
      'PARLEY_SEND_OUTCOME_UNKNOWN',
      'PARLEY_SEND_TIMEOUT',
      'PARLEY_SEND_OUTCOME_UNKNOWN',
      expect.stringMatching(/PARLEY_(ASK_TIMEOUT|SEND_TIMEOUT)/) as string,
    ]);
    expect(tookMs).toBeGreaterThanOrEqual(deadlineMs);
    expect(tookMs).toBeLessThan(otherwiseMs);

    if (how === 'is stopped') server.thaw();
    else proxy.cut();
    await node.tell('worker', { intent_type: 'alert', context: { n: 2 } }, { mode: 'wait' });
    await node.whenIdle();
    expect(handled.at(-1)).toBe(2);
  },
);

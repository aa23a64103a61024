/** Records of a later release, and spoilt ones, in a mesh that is looked at: they are named, and the others are shown. */

import { beforeEach, describe, expect, it } from 'vitest';
import { Directory } from '../../../runtime/cluster/directory.ts';
import { Registry } from '../../../runtime/cluster/registry.ts';
import { deadLetterKey } from '../../../runtime/core/dead-record.ts';
import { NonRetryableError } from '../../../runtime/core/errors.ts';
import { unknownAges } from '../../../runtime/core/expiry.ts';
import { nodeSubject } from '../../../runtime/core/subjects.ts';
import {
  deadLetterAt,
  deadLetterNumbered,
  describeAgent,
  knownNodes,
  newestDeadLetters,
  newestEscalations,
  resumeAgent,
  ticketState,
} from '../../../runtime/inspect/index.ts';
import type { Node } from '../../../runtime/node/node.ts';
import type { Transport } from '../../../runtime/transport/index.ts';
import { LogRecorder } from '../../support/log-recorder.ts';
import { NodeRig } from '../../support/node-rig.ts';

const calm = {
  kind: 'calm',
  intents: { alert: {} },
  async receive(_intent: unknown, ctx: { escalate(message: string): Promise<void> }): Promise<void> {
    await ctx.escalate('look here');
    throw new NonRetryableError('it broke');
  },
};

const spoilt = ['{"v":99}', 'null', 'no JSON', '[]', '{"v":1}'];

let rig: NodeRig;
let transport: Transport;
let node: Node;

beforeEach(async () => {
  rig = new NodeRig();
  const { process, node: started } = await rig.start({ agents: [calm] });
  transport = process.transport;
  node = started;
});

async function write(log: 'dead' | 'escalations', key: string, text: string, n: number): Promise<void> {
  const payload = Buffer.from(text);
  await rig.wait(transport.log(log).append({ key, messageId: `spoilt ${n} ${text}`, payload }));
}

/** Spoilt records, one that is good, spoilt ones. */
async function fill(log: 'dead' | 'escalations', key: string): Promise<void> {
  for (const [n, text] of spoilt.entries()) await write(log, key, text, n);
  await rig.wait(node.tell('calm', { intent_type: 'alert' }));
  await rig.quiet(node);
  for (const [n, text] of spoilt.entries()) await write(log, key, text, 100 + n);
}

const numbers = ['1', '2', '3', '4', '5', '7', '8', '9', '10', '11'];

describe('unreadable records', () => {
  it('Unreadable records hide no call for a human', async () => {
    await fill('escalations', 'calm');
    const { records, unreadable } = await rig.wait(newestEscalations(transport, 50));
    expect(records).toMatchObject([{ message: 'look here' }]);
    expect(unreadable.map(({ key }) => key)).toEqual(numbers);
    expect(unreadable[0]?.reason).toBe('its version is 99, this release reads 1');
  });

  it('Unreadable records hide no dead letter', async () => {
    await fill('dead', 'main.0.77');
    const { records, unreadable } = await rig.wait(newestDeadLetters(transport, 50));
    expect(records).toMatchObject([{ number: 6, errors: ['it broke'] }]);
    expect(unreadable.map(({ key }) => key)).toEqual(numbers);
    expect(await rig.wait(deadLetterNumbered(transport, 6))).toMatchObject({ number: 6 });
    await expect(rig.wait(deadLetterNumbered(transport, 2))).rejects.toMatchObject({
      code: 'PARLEY_UNREADABLE_RECORD',
      key: '2',
    });
  });

  it('An unreadable record where a ticket leads is not reported as a missing dead letter', async () => {
    const place = { pool: 'main', partition: 0, seq: 77, intentId: 'i77' };
    await write('dead', deadLetterKey(place), '{"v":99}', 0);
    await expect(rig.wait(deadLetterAt(transport, place))).rejects.toMatchObject({
      code: 'PARLEY_UNREADABLE_RECORD',
    });
    await expect(rig.wait(ticketState(transport, place))).rejects.toMatchObject({ code: 'PARLEY_UNREADABLE_RECORD' });
  });

  it('Unreadable records hide no node, and no kind', async () => {
    for (const [n, text] of spoilt.entries()) {
      await rig.wait(transport.bucket('registry').write(`node.x${n}`, text, 0));
      await rig.wait(transport.bucket('registry').write(`kind.x${n}`, text, 0));
    }
    const { records, unreadable } = await rig.wait(knownNodes(transport));
    expect(records).toMatchObject([{ entry: { node: node.id }, state: 'serving' }]);
    expect(unreadable.map(({ key }) => key)).toEqual(spoilt.map((_text, n) => `node.x${n}`));
    expect(await rig.wait(describeAgent(transport, 'calm'))).toMatchObject({ served_by: [node.id] });
    await expect(rig.wait(describeAgent(transport, 'x0'))).rejects.toMatchObject({
      code: 'PARLEY_UNREADABLE_RECORD',
      key: 'kind.x0',
    });
    await expect(rig.wait(resumeAgent(transport, 'calm'))).rejects.toMatchObject({ code: 'PARLEY_NOT_PAUSED' });
  });

  it('Unreadable records do not keep agents from finding kinds, and are logged once', async () => {
    await rig.wait(transport.bucket('registry').write('kind.x', 'no JSON', 0));
    await rig.wait(transport.bucket('registry').write('node.x', 'no JSON', 0));
    const log = new LogRecorder();
    const registry = new Registry(transport.bucket('registry'), rig.clock, log, unknownAges);
    expect((await rig.wait(registry.kinds())).map(({ kind }) => kind)).toEqual(['calm']);
    expect((await rig.wait(registry.nodes())).map((entry) => entry.node)).toEqual([node.id]);
    await rig.wait(registry.forgetDead('main', async () => true));
    await rig.wait(registry.kinds());
    const logged = log.records.filter(({ fields }) => fields.key === 'node.x');
    expect(logged).toHaveLength(1);
  });

  it('A node that answers with a report of a later release is not hidden', async () => {
    const other = rig.process().transport;
    const entry = { v: 1, node: 'later', pool: 'main', kinds: [], state: 'serving', started_at: '', host: '', pid: 1 };
    await rig.wait(transport.bucket('registry').write('node.later', JSON.stringify(entry), 0));
    other.signals.listen(nodeSubject('sim', 'later'), (_question, answer) => answer('{"v":99}'));
    const { records } = await rig.wait(knownNodes(transport));
    const states = new Map(records.map((known) => [known.entry.node, known.state]));
    expect(states.get('later')).toBe('cannot be read');
    expect(states.get(node.id)).toBe('serving');
  });
});

describe('an unreadable mesh configuration', () => {
  it.each(spoilt)('An unreadable mesh configuration is not reported as a missing kind: %s', async (text) => {
    await rig.wait(transport.bucket('meshConfig').write('kind.odd', text, 0));
    const directory = new Directory('sim', transport.bucket('meshConfig'));
    const unreadable = { code: 'PARLEY_UNREADABLE_RECORD', key: 'kind.odd', retryable: false };
    await expect(rig.wait(Promise.resolve(directory.locate({ kind: 'odd', key: undefined })))).rejects.toMatchObject(
      unreadable,
    );
    await expect(rig.wait(directory.declareKind('odd', 'main'))).rejects.toMatchObject(unreadable);
    await expect(rig.wait(node.tell('odd', { intent_type: 'alert' }))).rejects.toMatchObject(unreadable);
    expect((await rig.wait(transport.bucket('meshConfig').read('kind.odd')))?.value).toBe(text);
  });

  it('An unreadable pool keeps a node from starting, with the reason', async () => {
    await rig.wait(transport.bucket('meshConfig').write('pool.other', '{"v":1,"partitions":"2"}', 0));
    await expect(
      rig.start({ pool: 'other', agents: [] }).then(({ node: { started } }) => started),
    ).resolves.toBeUndefined();
    await expect(rig.start({ pool: 'other', agents: [{ ...calm, kind: 'else' }] })).rejects.toMatchObject({
      code: 'PARLEY_UNREADABLE_RECORD',
      key: 'pool.other',
    });
  });
});

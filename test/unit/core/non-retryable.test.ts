import { describe, expect, it } from 'vitest';
import { isRetryable, NonRetryableError, ParleyError } from '../../../runtime/index.ts';
import { NodeRig } from '../../support/node-rig.ts';

describe('a non-retryable error', () => {
  it('A non-retryable error has message, code and cause', () => {
    const cause = new Error('no such row');
    const error = new NonRetryableError('no segment "gold"', { cause });
    expect(error).toBeInstanceOf(ParleyError);
    expect(error).toMatchObject({
      name: 'NonRetryableError',
      code: 'PARLEY_NON_RETRYABLE',
      message: 'no segment "gold"',
      retryable: false,
      cause,
    });
    expect('cause' in new NonRetryableError('x')).toBe(false);
  });

  it('A non-retryable error counts whatever its cause says, also inside an error that wraps it', () => {
    const error = new NonRetryableError('x', { cause: Object.assign(new Error('busy'), { retryable: true }) });
    expect(isRetryable(error, true)).toBe(false);
    expect(isRetryable(new Error('wrapped', { cause: error }), true)).toBe(false);
  });

  it('A non-retryable error makes an intent a dead letter at the first attempt', async () => {
    const rig = new NodeRig();
    const receive = (): never => {
      throw new NonRetryableError('no segment "gold"');
    };
    const { node } = await rig.start({ agents: [{ kind: 'worker', intents: { alert: {} }, receive }] });
    await rig.wait(node.tell('worker', { intent_type: 'alert' }));
    await rig.quiet(node);
    expect(rig.letters).toMatchObject([{ reason: 'PARLEY_NON_RETRYABLE', attempts: 1, errors: ['no segment "gold"'] }]);
  });
});

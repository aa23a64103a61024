import { describe, expect, it } from 'vitest';
import { type HealthLimits, type HealthSigns, healthOf } from '../../../runtime/node/health.ts';

const limits: HealthLimits = { handlingAlarmMs: 900_000, stallAlarmMs: 10_000 };
const well: HealthSigns = {
  joined: true,
  obstacle: undefined,
  stopping: false,
  connected: true,
  store: 'nats-server',
  problems: [],
  unsendable: undefined,
  served: 16,
  partitions: 16,
  deadOwner: undefined,
  standbyFor: undefined,
  paused: 0,
  pausedLanes: [],
  fill: 0.1,
  full: undefined,
  silence: undefined,
  unwrittenMs: undefined,
  oldest: undefined,
  acksStalledMs: 0,
  archiveStalledMs: 0,
  archiveObstacle: undefined,
  pending: 0,
  skewMs: 0,
};

it('Health is ok, without a reason, when nothing is missing', () => {
  expect(healthOf(well, limits)).toEqual({ status: 'ok', ready: true, reasons: [] });
});

it.each<[string, Partial<HealthSigns>]>([
  ['what is not known', { fill: undefined, skewMs: undefined }],
  ['a handling within its limit', { oldest: { agent: 'a', ms: 900_000 } }],
  ['an election', { acksStalledMs: 7_000, archiveStalledMs: 7_000, silence: { ms: 7_000, reason: 'no leader' } }],
  ['clocks that differ by a second', { skewMs: -1_000 }],
  ['a store that is two thirds full', { fill: 0.69 }],
  ['a standby whose owner lives', { served: 0, partitions: 0 }],
])('Health is ok with %s', (_what, signs) => {
  expect(healthOf({ ...well, ...signs }, limits).status).toBe('ok');
});

describe('health that is not ready', () => {
  it.each<[string, Partial<HealthSigns>, string]>([
    ['no connection', { connected: false }, 'no connection to nats-server'],
    ['unserved partitions', { served: 12 }, '4 of 16 partitions are not served just now'],
    ['a dead owner', { deadOwner: 'node-1' }, 'the pool is owned by node "node-1", which does not answer'],
    [
      'a store that clients cannot write to',
      { fill: 0.7, full: 'client' },
      "the store is 70 % full: clients' intents are refused, the large ones first",
    ],
    [
      'a store that agents cannot write to',
      { fill: 0.85, full: 'agent' },
      "the store is 85 % full: intents are refused, the large ones first, and agents' own too",
    ],
    [
      'a store that stores nothing',
      { unwrittenMs: 4_100, silence: { ms: 4_100, reason: 'it confirms no write' } },
      'the store answers, but has stored nothing for 4.1 s: its disk may be full; free space, then restart nats-server',
    ],
    ['a silent store', { silence: { ms: 10_001, reason: 'x' } }, 'the store has not answered for 10.0 s: x'],
  ])('Health is degraded and not ready, because an intent would be refused: %s', (_what, signs, reason) => {
    expect(healthOf({ ...well, ...signs }, limits)).toEqual({ status: 'degraded', ready: false, reasons: [reason] });
  });
});

describe('degraded health', () => {
  it.each<[string, Partial<HealthSigns>, RegExp]>([
    [
      'a handler that never settles',
      { oldest: { agent: 'worker/k', ms: 900_001 } },
      /^agent "worker\/k" has been busy/,
    ],
    ['unconfirmed acknowledgements', { acksStalledMs: 10_001 }, /not confirmed acknowledgements for 10\.0 s$/],
    ['an archive that takes nothing', { archiveStalledMs: 60_000 }, /^the archive has not taken .* for 60\.0 s/],
    ['a partition near its bound', { pending: 0.8 }, /^80 % of the unacknowledged intents/],
    ['a clock behind', { skewMs: -3_600_000 }, /clock is 3600\.0 s behind this node's$/],
    ['a clock ahead', { skewMs: 1_001 }, /clock is 1\.0 s ahead of this node's$/],
    ['a refused subscription', { problems: ['the server refuses to subscribe'] }, /^the server refuses to subscribe$/],
    [
      'a paused lane',
      { pausedLanes: [{ agent: 'bad/x', sender: 'client/http' }] },
      /^agent "bad\/x" failed too often over what "client\/http" sent: that lane is paused until "parley resume bad\/x"$/,
    ],
    [
      'several paused lanes',
      { pausedLanes: ['client/a', 'client/b', 'odd'].map((sender) => ({ agent: 'bad', sender })) },
      /^agent "bad" failed .*"client\/a" sent: that lane is paused until "parley resume bad"; 2 more lanes are paused$/,
    ],
    ['paused agents', { paused: 2 }, /^2 agents failed too often and are paused$/],
  ])('Health is degraded, with the reason in a sentence: %s', (_what, signs, reason) => {
    const { status, reasons } = healthOf({ ...well, ...signs }, limits);
    expect([status, reasons]).toEqual(['degraded', [expect.stringMatching(reason) as string]]);
  });
});

it('Health gives all reasons, and ends with them', () => {
  const ill = { ...well, connected: false, skewMs: 5_000, paused: 1 };
  expect(healthOf(ill, limits).reasons).toHaveLength(3);
  expect(healthOf({ ...ill, stopping: true }, limits)).toMatchObject({ status: 'stopping', ready: false });
  expect(healthOf({ ...well, joined: false }, limits).status).toBe('starting');
});

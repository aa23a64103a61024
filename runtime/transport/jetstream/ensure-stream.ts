/**
 * Creates a stream, or adopts an existing one. Looks it up first, so that an account without permission to create streams can
 * use existing ones. Compares only the settings that Parley needs or an option asked for; every other setting is the
 * operator's.
 */
import {
  AccountLimitError,
  type SettingConflict,
  StorageQuotaError,
  StreamConflictError,
  StreamRefusedError,
  TransportUnavailableError,
} from '../transport-errors.ts';
import { ApiRefusal, errCode, type JetStreamApi } from './api.ts';
import { apiSubject } from './api-subjects.ts';
import { bytesOf, scales } from './stream-sizes.ts';
import type { StreamConfig, StreamPlan } from './streams.ts';

export interface StreamInfo {
  readonly config: StreamConfig;
  readonly state: { readonly messages: number; readonly bytes: number };
}

/** Looks a stream up; resolves to `undefined` without one. */
export function findStream(api: JetStreamApi, name: string): Promise<StreamInfo | undefined> {
  return api.find<StreamInfo>(apiSubject('STREAM.INFO', name), {});
}

/**
 * @param mayShrink permits less disk than planned when less is free
 * @returns whether the stream was created
 * @throws StreamConflictError, StorageQuotaError, AccountLimitError, StreamRefusedError, TransportUnavailableError
 */
export async function ensureStream(api: JetStreamApi, plan: StreamPlan, mayShrink: boolean): Promise<boolean> {
  const { config, size } = plan;
  const found = await findStream(api, config.name);
  if (found !== undefined) {
    await adopt(api, plan, found.config);
    return false;
  }
  const planned = Number(config.max_bytes);
  const smaller = mayShrink ? scales.map((scale) => bytesOf(size, scale)).filter((bytes) => bytes < planned) : [];
  if (await makeStream(api, config, [planned, ...new Set(smaller)])) return true;
  const others = await findStream(api, config.name);
  if (others !== undefined) await adopt(api, plan, others.config);
  return false;
}

/**
 * Creates a stream with the first of these sizes that fits.
 * @returns `false`: another client created it meanwhile, with other settings
 * @throws StorageQuotaError, AccountLimitError, StreamRefusedError, TransportUnavailableError
 */
export async function makeStream(api: JetStreamApi, config: StreamConfig, sizes: readonly number[]): Promise<boolean> {
  const [bytes = 0, ...smaller] = sizes;
  try {
    await api.request(apiSubject('STREAM.CREATE', config.name), { ...config, max_bytes: bytes });
    return true;
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    if (error.errCode === errCode.streamNameInUse) return false;
    if (isOutOfStorage(error) && smaller.length > 0) return makeStream(api, config, smaller);
    throw explainRefusal(config.name, bytes, error);
  }
}

/** @throws StreamRefusedError, TransportUnavailableError */
export async function updateStream(api: JetStreamApi, found: StreamConfig, changes: object): Promise<void> {
  try {
    await api.request(apiSubject('STREAM.UPDATE', found.name), { ...found, ...changes });
  } catch (error) {
    throw error instanceof ApiRefusal ? new StreamRefusedError(found.name, error, 'change') : error;
  }
}

const isOutOfStorage = (error: ApiRefusal): boolean =>
  outOfStorage.has(error.errCode) || error.message.includes('insufficient storage');

const outOfStorage: ReadonlySet<number> = new Set([
  errCode.insufficientStorage,
  errCode.accountResources,
  errCode.streamBytesLimit,
]);

const accountLimits: ReadonlySet<number> = new Set([
  errCode.streamLimit,
  errCode.consumerLimit,
  errCode.maxBytesRequired,
  errCode.memoryLimit,
]);

function explainRefusal(stream: string, bytes: number, error: ApiRefusal): Error {
  if (isOutOfStorage(error)) return new StorageQuotaError(stream, bytes, error);
  if (accountLimits.has(error.errCode)) {
    return new AccountLimitError(`the server refuses to make stream "${stream}": ${error.message}`, error);
  }
  if (passing.has(error.errCode)) return new TransportUnavailableError(`making stream "${stream}"`, error);
  return new StreamRefusedError(stream, error);
}

/** Refusals while the server is removing or loading a stream. */
const passing: ReadonlySet<number> = new Set([errCode.storeNotMade, errCode.streamOffline]);

/** Adds the subjects that this version needs; keeps all others. @throws StreamConflictError, StreamRefusedError */
async function adopt(api: JetStreamApi, plan: StreamPlan, found: StreamConfig): Promise<void> {
  const [conflict] = conflictsOf(plan, found);
  if (conflict !== undefined) throw new StreamConflictError(plan.config.name, conflict);
  const missing = plan.config.subjects.filter((subject) => !found.subjects.includes(subject));
  if (missing.length > 0) await updateStream(api, found, { subjects: [...found.subjects, ...missing] });
}

/** Returns the settings that conflict with the plan. Pure. */
export function conflictsOf({ config, needs, given }: StreamPlan, found: StreamConfig): readonly SettingConflict[] {
  const of = (setting: string, wanted: unknown, option?: string): SettingConflict => ({
    setting,
    found: found[setting] ?? absent[setting] ?? null,
    wanted,
    option,
  });
  return [
    ...Object.entries(needs).map(([setting, wanted]) => of(setting, wanted)),
    ...Object.entries(given).map(([setting, option]) => of(setting, config[setting], option)),
  ].filter(({ found: is, wanted }) => JSON.stringify(is) !== JSON.stringify(wanted));
}

/** The server's defaults for omitted settings. */
const absent: Readonly<Record<string, unknown>> = {
  sealed: false,
  no_ack: false,
  discard_new_per_subject: false,
  allow_rollup_hdrs: false,
  subject_delete_marker_ttl: 0,
  max_age: 0,
};

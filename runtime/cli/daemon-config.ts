/**
 * Resolves the settings of a daemon by one rule of precedence: command line, environment, configuration file, default.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { bucketRules } from '../actor/agent-options.ts';
import { InvalidOptionError, ParleyError, reasonOf, show } from '../core/errors.ts';
import { parseJsonText } from '../core/json-text.ts';
import type { OptionRule } from '../core/options.ts';
import type { ServiceUrl } from '../core/service-url.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import { defaultDataDir } from '../node/data-folder.ts';
import type { LogLevel } from '../node/pino-logger.ts';
import { redisUrl } from '../redis/redis-url.ts';
import { natsUrl } from '../transport/jetstream/index.ts';
import { checkDataFolder, defaultMesh } from './settings.ts';

const ruled = ({ holds, rule }: OptionRule<number>): z.ZodType<number> =>
  z.custom<number>(holds, { error: ({ input }) => `must be ${rule}, but is ${show(input)}` });

const bucket = z.strictObject({ ratePerSecond: ruled(bucketRules.ratePerSecond), burst: ruled(bucketRules.burst) });
const bucketOrOff = z.union([bucket, z.literal('off')], {
  error: ({ input }) => `must be "off", or ratePerSecond and burst of a bucket, but is ${show(input)}`,
});

const fileSchema: z.ZodType<ConfigFile> = z.strictObject({
  mesh: z.string().optional(),
  nats: z.string().optional(),
  redis: z.string().optional(),
  data: z.string().optional(),
  log: z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  http: z
    .strictObject({ host: z.string().optional(), port: z.number().int().min(0).max(65_535).optional() })
    .optional(),
  token: z.string().optional(),
  hosts: z.array(z.string()).optional(),
  origins: z.array(z.string()).optional(),
  ingress: bucketOrOff.optional(),
  egress: bucketOrOff.optional(),
  intake: z.record(z.string(), bucket).optional(),
  limits: z.record(z.string(), z.number()).optional(),
  partitions: z.number().int().positive().optional(),
  drainSeconds: z.number().min(0).optional(),
});

export interface ConfigFile {
  readonly mesh?: string | undefined;
  /** Same as `NATS_URL`. */
  readonly nats?: string | undefined;
  /** Same as `REDIS_URL`. */
  readonly redis?: string | undefined;
  readonly data?: string | undefined;
  readonly log?: LogLevel | undefined;
  readonly http?: { readonly host?: string | undefined; readonly port?: number | undefined } | undefined;
  readonly token?: string | undefined;
  /** Same as `hosts` and `origins` of a gateway. */
  readonly hosts?: readonly string[] | undefined;
  readonly origins?: readonly string[] | undefined;
  readonly ingress?: BucketRule | 'off' | undefined;
  readonly egress?: BucketRule | 'off' | undefined;
  readonly intake?: Readonly<Record<string, BucketRule>> | undefined;
  /** Same as `limits` of a node. */
  readonly limits?: Readonly<Record<string, number>> | undefined;
  readonly partitions?: number | undefined;
  readonly drainSeconds?: number | undefined;
}

/** Options as commander parses them: an option that was not given is absent. */
export interface GivenOptions {
  readonly config?: string;
  readonly mesh?: string;
  readonly data?: string;
  readonly http?: string;
  readonly log?: string;
  readonly drain?: string;
}

export interface DaemonConfig
  extends Omit<ConfigFile, 'http' | 'nats' | 'redis' | 'drainSeconds' | 'mesh' | 'data' | 'log'> {
  readonly mesh: string;
  /** `undefined`: start an embedded server. */
  readonly nats: ServiceUrl | undefined;
  /** `undefined`: each node keeps for itself what nodes would share in Redis. */
  readonly redis: ServiceUrl | undefined;
  readonly data: string;
  readonly log: LogLevel;
  /** Standard output has a document for each line. */
  readonly json?: boolean;
  readonly host: string;
  readonly port: number;
  readonly drainMs: number;
}

/** The configuration file cannot be read, or has invalid content. */
class ConfigFileError extends ParleyError {
  constructor(path: string, why: string, cause?: unknown) {
    super('PARLEY_CONFIG_FILE', `configuration file "${path}" ${why}`, { cause });
  }
}

export const defaultConfigFile = 'parley.config.json';
const defaultHttp = '127.0.0.1:0';
/** Kubernetes kills after 30 s: this leaves time to release resources. */
const defaultDrain = 20;

/** Checks the options of this command. @throws InvalidOptionError */
export function checkGiven({ http, log, drain }: GivenOptions): void {
  if (http !== undefined) address(http);
  if (log !== undefined) logLevel(log);
  if (drain !== undefined) seconds('drain', drain);
}

/** Resolves all settings. @throws ConfigFileError, InvalidOptionError, ServiceUrlError */
export async function daemonConfig(given: GivenOptions, env: NodeJS.ProcessEnv): Promise<DaemonConfig> {
  const { http, nats, redis, drainSeconds, ...file } = await readConfig(given.config);
  const fromFile = http === undefined ? undefined : `${http.host ?? '127.0.0.1'}:${http.port ?? 0}`;
  const { host, port } = address(given.http ?? nonEmpty(env.PARLEY_HTTP) ?? fromFile ?? defaultHttp);
  const token = nonEmpty(env.PARLEY_TOKEN) ?? file.token;
  const data = given.data ?? nonEmpty(env.PARLEY_DATA) ?? file.data ?? defaultDataDir;
  checkDataFolder(data);
  const drain = given.drain ?? nonEmpty(env.PARLEY_DRAIN) ?? drainSeconds ?? defaultDrain;
  return {
    ...file,
    mesh: given.mesh ?? nonEmpty(env.PARLEY_MESH) ?? file.mesh ?? defaultMesh,
    nats: urlBy(natsUrl, nonEmpty(env.NATS_URL) ?? nonEmpty(nats)),
    redis: urlBy(redisUrl, nonEmpty(env.REDIS_URL) ?? nonEmpty(redis)),
    data,
    log: logLevel(given.log ?? nonEmpty(env.PARLEY_LOG) ?? file.log ?? 'info'),
    host,
    port,
    drainMs: seconds('drain', drain) * 1000,
    ...(token === undefined ? {} : { token }),
  };
}

async function readConfig(path: string | undefined): Promise<ConfigFile> {
  let text: Uint8Array;
  try {
    text = await readFile(path ?? defaultConfigFile);
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (absent && path === undefined) return {};
    throw new ConfigFileError(path ?? defaultConfigFile, `cannot be read: ${reasonOf(error)}`, error);
  }
  return parseConfig(path ?? defaultConfigFile, text);
}

/** Parses a configuration file. @throws ConfigFileError */
export function parseConfig(path: string, text: Uint8Array | string): ConfigFile {
  let document: unknown;
  try {
    document = parseJsonText(text);
  } catch (error) {
    throw new ConfigFileError(path, `is no JSON: ${reasonOf(error)}`, error);
  }
  const read = fileSchema.safeParse(document);
  if (read.success) return read.data;
  const [issue] = read.error.issues.map(telling);
  const where = (issue?.path ?? []).join('.') || 'the document';
  throw new ConfigFileError(path, `says something wrong at "${where}": ${issue?.message}`);
}

/** For a value with several allowed forms, finds the fault inside the form that fits best. */
function telling(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, 'path' | 'message'> {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flat().find(({ path }) => path.length > 0);
  return inner === undefined ? issue : { path: [...issue.path, ...inner.path], message: inner.message };
}

/** Parses `host:port`, `:port` or `[::1]:port`. */
function address(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new InvalidOptionError('http', 'host:port, such as 127.0.0.1:8080', text);
  return { host: match[1] ?? (match[2] || '127.0.0.1'), port };
}

const levels: readonly string[] = ['debug', 'info', 'warn', 'error', 'silent'];

function logLevel(text: string): LogLevel {
  if (levels.includes(text)) return text as LogLevel;
  throw new InvalidOptionError('log', `one of ${levels.join(', ')}`, text);
}

function seconds(option: string, given: string | number): number {
  const value = typeof given === 'number' || /^\d+(?:\.\d+)?$/.test(given) ? Number(given) : Number.NaN;
  if (Number.isFinite(value) && value >= 0 && value <= 3_600) return value;
  throw new InvalidOptionError(option, 'a number of seconds from 0 to 3600', given);
}

/** Reads a URL; an empty variable counts as unset. */
const urlBy = (read: (text: string) => ServiceUrl, text: string | undefined): ServiceUrl | undefined =>
  text === undefined ? undefined : read(text);

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

/** Options of the gateway: its address, its access rules, its rate limits. */
import { bucketRules } from '../actor/agent-options.ts';
import { InvalidOptionError } from '../core/errors.ts';
import { checkFunction, checkOptions, compileOptions, namesOf, whole, yesOrNo } from '../core/options.ts';
import type { BucketRule } from '../mailbox/token-bucket.ts';
import { isLoopback } from './http-guard.ts';
import type { IngressBucket } from './ingress-bucket.ts';

export type SharedBucket = (rule: BucketRule, local: IngressBucket) => IngressBucket;

export interface GatewayOptions {
  /** The address to listen on: loopback by default; any other address needs a token. */
  readonly host?: string;
  /** 0, the default, selects a free port. */
  readonly port?: number;
  /** Clients must send `authorization: Bearer <token>`. Health needs no token. */
  readonly token?: string;
  /** Host names for clients, besides loopback names and its own address: `['parley.internal']`, without port. */
  readonly hosts?: readonly string[];
  /** Origins whose pages may call the gateway from a browser: `['https://ops.example']`. None by default. */
  readonly origins?: readonly string[];
  /** The rate limit of each client: 100/s, burst 200. */
  readonly ingress?: BucketRule | 'off';
  /** The rate limit of all clients of this node together, because clients choose their names. Ten times one client by default. */
  readonly ingressTotal?: BucketRule | 'off';
  /** Also accepts intents by NATS request, on `<mesh>.in.…`: on by default. */
  readonly nats?: boolean;
  /** Buckets that nodes share (`parley-runtime/redis`), instead of buckets in this process; they fall back to `local`. */
  readonly sharedBucket?: SharedBucket;
}

export interface CompiledGateway {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  readonly ingress: BucketRule | undefined;
  readonly ingressTotal: BucketRule | undefined;
  readonly nats: boolean;
  readonly sharedBucket: SharedBucket | undefined;
}

/** Enough for a person or a script, but not for a flood. */
const defaultIngress: BucketRule = Object.freeze({ ratePerSecond: 100, burst: 200 });
const shortestToken = 16;

/** The characters that a header may carry after "Bearer ". */
const headerText = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

const optionNames = namesOf<GatewayOptions>({
  host: true,
  port: true,
  token: true,
  hosts: true,
  origins: true,
  ingress: true,
  ingressTotal: true,
  nats: true,
  sharedBucket: true,
});

/** @throws InvalidOptionError */
export function compileGateway(given: GatewayOptions): CompiledGateway {
  checkOptions('startGateway', given, optionNames);
  const { host = '127.0.0.1', port = 0, token, ingress = defaultIngress, sharedBucket } = given;
  const { hosts = [], origins = [], ingressTotal } = given;
  checkFunction('sharedBucket', sharedBucket);
  if (typeof host !== 'string' || host === '') throw new InvalidOptionError('host', 'an address to listen on', host);
  if (!whole(0, 0, 65_535, '').holds(port)) throw new InvalidOptionError('port', 'a port from 0 to 65535', port);
  if (token !== undefined && (typeof token !== 'string' || token.length < shortestToken)) {
    throw new InvalidOptionError('token', `at least ${shortestToken} characters`, '(not shown)');
  }
  if (token !== undefined && !headerText.test(token)) {
    const rule = 'ASCII without a line feed, or blanks at its ends: a header carries nothing else';
    throw new InvalidOptionError('token', rule, '(not shown)');
  }
  if (token === undefined && !isLoopback(host)) {
    throw new InvalidOptionError(
      'host',
      'a loopback address unless a token is set: a client that reaches another address could send intents to every agent',
      host,
    );
  }
  checkEach('hosts', hosts, /^[a-z0-9._-]+$/i, 'a host name without port, such as "parley.internal"');
  checkEach('origins', origins, /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/, 'an origin, such as "https://ops.example"');
  const rule = ingress === 'off' ? undefined : compileOptions('ingress', bucketRules, ingress);
  const totalRule = ingressTotal === undefined ? (rule === undefined ? 'off' : timesTen(rule)) : ingressTotal;
  return Object.freeze({
    host,
    port,
    token,
    hosts: new Set(hosts.map((name) => name.toLowerCase())),
    origins: new Set(origins),
    ingress: rule,
    ingressTotal: totalRule === 'off' ? undefined : compileOptions('ingressTotal', bucketRules, totalRule),
    nats: yesOrNo('nats', given.nats, true),
    sharedBucket,
  });
}

const timesTen = ({ ratePerSecond, burst }: BucketRule): BucketRule => ({
  ratePerSecond: 10 * ratePerSecond,
  burst: 10 * burst,
});

/** Checks every value of a list. @throws InvalidOptionError */
function checkEach(option: string, values: readonly string[], rule: RegExp, what: string): void {
  if (!Array.isArray(values)) throw new InvalidOptionError(option, 'a list', values);
  for (const value of values as readonly unknown[]) {
    if (typeof value !== 'string' || !rule.test(value)) throw new InvalidOptionError(option, what, value);
  }
}

/** A Lua script, run by its hash; sent again in full when Redis has forgotten it. */
import { createHash } from 'node:crypto';
import { reasonOf } from '../core/errors.ts';
import type { RedisConnection } from './redis-connection.ts';

export class RedisScript {
  readonly #text: string;
  readonly #digest: string;

  constructor(text: string) {
    this.#text = text;
    this.#digest = createHash('sha1').update(text).digest('hex');
  }

  async run(
    { client }: RedisConnection,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await client.evalsha(this.#digest, keys.length, ...keys, ...args);
    } catch (error) {
      if (!reasonOf(error).includes('NOSCRIPT')) throw error;
      return client.eval(this.#text, keys.length, ...keys, ...args);
    }
  }
}

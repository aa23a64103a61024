/** Another build of Parley, such as the previous release: loaded from its folder, measured in the same rounds. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NatsConnection } from 'nats';
import type { BenchTarget } from './bench-target.ts';
import type { ParleyMesh } from './parley.ts';
import type { ParleyTarget } from './parley-target.ts';

/** The part of its bench that is needed; its form has been stable since the first release. */
interface Build {
  readonly ParleyMesh: Pick<typeof ParleyMesh, 'start'>;
  readonly ParleyContender: new (...given: readonly [...Parameters<Make>]) => BenchTarget;
}

type Make = (name: 'parley', mesh: ParleyMesh, admin: NatsConnection, mailboxes: number) => ParleyTarget;

export type PreviousName = 'previous' | 'previous-agents';

export class PreviousBuild implements AsyncDisposable {
  readonly #build: Build;
  readonly #meshes: Readonly<Record<PreviousName, ParleyMesh>>;

  /**
   * Loads the build.
   * @param folder a checkout with its `dist-bench`, or that folder itself
   * @throws Error when there is no build of the bench
   */
  static async start(folder: string, url: string, given: { readonly partitions?: number }): Promise<PreviousBuild> {
    const build = await load(folder);
    const mailbox = await build.ParleyMesh.start(url, { mesh: 'previous', ...given });
    const agents = await build.ParleyMesh.start(url, { mesh: 'previous_agents', agents: true, ...given });
    return new PreviousBuild(build, { previous: mailbox, 'previous-agents': agents });
  }

  private constructor(build: Build, meshes: Readonly<Record<PreviousName, ParleyMesh>>) {
    this.#build = build;
    this.#meshes = meshes;
  }

  contender(name: PreviousName, admin: NatsConnection, mailboxes: number): BenchTarget {
    const contender = new this.#build.ParleyContender('parley', this.#meshes[name], admin, mailboxes);
    return { name, mailboxes, run: (intents) => contender.run(intents) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const mesh of Object.values(this.#meshes)) await mesh[Symbol.asyncDispose]();
  }
}

const parts = { mesh: 'bench/subjects/parley.js', contender: 'bench/subjects/parley-contender.js' };

async function load(folder: string): Promise<Build> {
  const root = [join(folder, 'dist-bench'), folder].map((path) => resolve(path)).find((path) => holdsBench(path));
  if (root === undefined) {
    const remedy = 'run "npm ci && npm run bench -- --help" there, which builds it';
    throw new Error(`"${folder}" has no build of the bench (dist-bench/${parts.mesh}): ${remedy}`);
  }
  const modules = await Promise.all(Object.values(parts).map((part) => import(pathToFileURL(join(root, part)).href)));
  return Object.assign({}, ...modules) as Build;
}

const holdsBench = (path: string): boolean => Object.values(parts).every((part) => existsSync(join(path, part)));

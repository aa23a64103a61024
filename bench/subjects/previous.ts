/** Another build of Parley, such as the previous release: loaded from its folder, measured in the same rounds. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NatsConnection } from 'nats';
import type { BenchTarget } from './bench-target.ts';
import type { ParleyMesh } from './parley.ts';
import type { ParleyTargetName } from './parley-target.ts';

export type PreviousName = 'previous' | 'previous-agents' | 'previous-tell';

/** Each subject of this build, with the name of the same subject of the other build. */
export const opponents: Readonly<Record<ParleyTargetName, PreviousName>> = Object.freeze({
  parley: 'previous',
  'parley-agents': 'previous-agents',
  'parley-tell': 'previous-tell',
});

type Subject = new (name: ParleyTargetName, mesh: ParleyMesh, admin: NatsConnection, mailboxes: number) => BenchTarget;

/** The part of its bench that is needed. */
interface Build {
  readonly mesh: Pick<typeof ParleyMesh, 'start'>;
  readonly subject: Subject;
  /** Whether its subject can send from outside any agent, as `parley-tell` does. */
  readonly tells: boolean;
}

export class PreviousBuild implements AsyncDisposable {
  readonly #build: Build;
  readonly #mailboxes: ParleyMesh;
  readonly #agents: ParleyMesh;

  /**
   * Loads the build.
   * @param folder a checkout with its `dist-bench`, or that folder itself
   * @throws Error when there is no build of the bench
   */
  static async start(folder: string, url: string, given: { readonly partitions?: number }): Promise<PreviousBuild> {
    const build = await load(folder);
    const mailboxes = await build.mesh.start(url, { mesh: 'previous', ...given });
    const agents = await build.mesh.start(url, { mesh: 'previous_agents', agents: true, ...given });
    return new PreviousBuild(build, mailboxes, agents);
  }

  private constructor(build: Build, mailboxes: ParleyMesh, agents: ParleyMesh) {
    this.#build = build;
    this.#mailboxes = mailboxes;
    this.#agents = agents;
  }

  /** The same subject of the other build; none where it had no such subject yet. */
  opponentOf(ours: ParleyTargetName, admin: NatsConnection, mailboxes: number): readonly BenchTarget[] {
    const { subject: Subject, tells } = this.#build;
    if (ours === 'parley-tell' && !tells) return [];
    const target = new Subject(ours, ours === 'parley' ? this.#mailboxes : this.#agents, admin, mailboxes);
    return [{ name: opponents[ours], mailboxes, run: (intents) => target.run(intents) }];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const mesh of [this.#mailboxes, this.#agents]) await mesh[Symbol.asyncDispose]();
  }
}

const meshFile = 'bench/subjects/parley.js';
/** Files of the subject, with the class in them: today's, and that of the first release. */
const subjectFiles: readonly (readonly [file: string, className: string])[] = [
  ['bench/subjects/parley-target.js', 'ParleyTarget'],
  ['bench/subjects/parley-contender.js', 'ParleyContender'],
];

async function load(folder: string): Promise<Build> {
  for (const root of [resolve(folder, 'dist-bench'), resolve(folder)]) {
    const found = subjectFiles.find(([file]) => existsSync(join(root, file)));
    if (found === undefined || !existsSync(join(root, meshFile))) continue;
    const [file, className] = found;
    const { ParleyMesh: mesh } = await exportsOf(join(root, meshFile));
    const { [className]: subject } = await exportsOf(join(root, file));
    // its types are gone, and its class takes any name: only its text says which names it knows
    const tells = (await readFile(join(root, file), 'utf8')).includes('parley-tell');
    return { mesh, subject, tells } as Build;
  }
  const remedy = 'run "npm ci && npm run bench -- --help" there, which builds it';
  throw new Error(`"${folder}" has no build of the bench (dist-bench/${meshFile}): ${remedy}`);
}

const exportsOf = (path: string): Promise<Readonly<Record<string, unknown>>> => import(pathToFileURL(path).href);

/** Opens the mesh for a command: at `NATS_URL`, or on the running embedded server. */
import type { Command } from 'commander';
import { checkMesh } from '../core/ids.ts';
import { printableText } from '../core/printable.ts';
import type { Transport } from '../transport/index.ts';
import { connectJetStream } from '../transport/jetstream/index.ts';
import type { JsonOption } from './command-options.ts';
import { type CommonOptions, runningServer } from './settings.ts';
import { typed } from './usage-error.ts';

export interface OpenMesh<O> {
  readonly transport: Transport;
  readonly mesh: string;
  readonly options: O & CommonOptions;
}

/** Runs `act` on the mesh that the command's options name; makes no stream. @throws NoServerError, NoMeshError */
export async function onMesh<O>(command: Command, act: (mesh: OpenMesh<O>) => Promise<void>): Promise<void> {
  const options = command.optsWithGlobals<O & CommonOptions>();
  typed(() => checkMesh(options.mesh));
  const server = await runningServer(process.env, options, `parley ${command.name()}`);
  await using transport = await connectJetStream({ ...server, mesh: options.mesh, whenNoMesh: 'fail' });
  await act({ transport, mesh: options.mesh, options });
}

/** Prints one document per line. */
export function printDocuments(documents: readonly object[]): void {
  for (const document of documents) print(JSON.stringify(document));
}

/** Prints a document: indented for people, on one line with `--json`. */
export const printDocument = (document: object, { json }: JsonOption): void =>
  print(JSON.stringify(document, undefined, json === true ? undefined : 2));

/** Prints text; escapes control characters from foreign input, so that a terminal does not obey them. */
export const print = (text: string): void => void process.stdout.write(`${printableText(text)}\n`);

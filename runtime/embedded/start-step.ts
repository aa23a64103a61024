/** One step of a start that uses the data folder: an unusable folder, or a full disk, fails it with the error of the start. */
import { ParleyError } from '../core/errors.ts';
import { folderObstacle } from './folder-obstacle.ts';

type StartErrorClass = new (reason: string, output: readonly string[], cause: unknown) => ParleyError;

export async function startStep<T>(StartError: StartErrorClass, folder: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ParleyError) throw error;
    throw new StartError(`data folder "${folder}" cannot be used: ${folderObstacle(error)}`, [], error);
  }
}

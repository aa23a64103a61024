/** The load sender as its parent controls it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { childModule } from './child-module.ts';
import type { FromLoadSender, LoadJob, LoadResult, ToLoadSender } from './load-job.ts';

export class LoadProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  /** Resolves when it is connected and waits for a job. */
  static async start(url: string, mesh: string): Promise<LoadProcess> {
    const load = new LoadProcess(fork(childModule('load-sender'), [url, mesh]));
    await load.#answer();
    return load;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  async run(job: LoadJob): Promise<LoadResult> {
    const order: ToLoadSender = { kind: 'job', job };
    this.#child.send(order);
    const answer = await this.#answer();
    if (answer.kind === 'done') return answer.result;
    throw new Error(`the load sender failed: ${answer.kind === 'failed' ? answer.reason : answer.kind}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  async #answer(): Promise<FromLoadSender> {
    const stop = new AbortController();
    const ended = once(this.#child, 'exit', { signal: stop.signal }).then(([code]) => {
      throw new Error(`the load sender ended with code ${code}`);
    });
    try {
      const [message] = (await Promise.race([once(this.#child, 'message', { signal: stop.signal }), ended])) as [
        FromLoadSender,
      ];
      return message;
    } finally {
      stop.abort();
    }
  }
}

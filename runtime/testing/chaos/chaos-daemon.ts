/** The program of a node under chaos: `parley run` with a witnessed app, a clock that its parent steps, optionally a broken store. */
import { runDaemon } from '../../cli/daemon.ts';
import { daemonConfig } from '../../cli/daemon-config.ts';
import { loadApp } from '../../cli/load-app.ts';
import { reasonOf } from '../../core/errors.ts';
import { type ChaosDaemonSettings, clockMessage, daemonVariable } from './daemon-settings.ts';
import { HistoryFile } from './history-file.ts';
import { brokenBy } from './seams.ts';
import { SteppedClock } from './stepped-clock.ts';
import { sendingObserver, witnessed } from './witness.ts';

async function run({ app, history, process: name, config, broken }: ChaosDaemonSettings): Promise<void> {
  const clock = new SteppedClock();
  process.on('message', (message) => {
    const read = clockMessage.safeParse(message);
    if (read.success) clock.step(read.data.offsetMs);
  });
  // ends an orphaned process
  process.on('disconnect', () => process.exit(1));
  process.channel?.unref();
  using file = new HistoryFile(history, name);
  const seams = {
    clock,
    observer: sendingObserver(file),
    ...(broken === undefined ? {} : { through: brokenBy(broken) }),
  };
  await runDaemon(witnessed(await loadApp(app), file), await daemonConfig({ config }, process.env), seams);
}

try {
  await run(JSON.parse(process.env[daemonVariable] ?? '') as ChaosDaemonSettings);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${reasonOf(error)}\n`, () => process.exit(1));
}

/** Finds the Debian mirror of this machine by asking apt: this code contains no address. */
import type { Miss, SearchContext } from './nats-source.ts';
import { type CommandResult, failureText, runCommand } from './run-command.ts';

const format = '$(CREATED_BY)|$(COMPONENT)|$(ORIGIN)|$(LABEL)|$(REPO_URI)';
const askMs = 10_000;

/** Returns the address of the mirror. */
export async function findMirror(context: SearchContext): Promise<string | Miss> {
  const ask = (releaseInfo: boolean): Promise<CommandResult> =>
    runCommand(
      context.clock,
      'apt-get',
      ['-o', `APT::Get::IndexTargets::ReleaseInfo=${releaseInfo}`, 'indextargets', '--format', format],
      { env: { ...context.env, LC_ALL: 'C' }, deadlineMs: askMs, signal: context.signal },
    );
  // with release info apt lists only what an `apt-get update` has fetched: nothing, in a fresh container
  for (const releaseInfo of [true, false]) {
    const ran = await ask(releaseInfo);
    if (ran.missing) return { reason: 'apt-get is not here' };
    if (ran.code !== 0) return { reason: failureText(ran) };
    const mirror = chooseMirror(ran.stdout);
    if (mirror !== undefined) return mirror;
  }
  return { reason: 'apt is not configured with an archive of Debian' };
}

/**
 * Chooses from lines `<kind>|<component>|<origin>|<label>|<address>`. Prefers a line that names Debian's main archive. Where apt
 * does not know the origin (it leaves the variable as it is), an address that ends in `/debian` is chosen. A foreign archive at
 * such an address fails at the signature check.
 */
export function chooseMirror(targets: string): string | undefined {
  const main = targets
    .split('\n')
    .map((line) => line.trim().split('|'))
    .filter(([kind, component]) => kind === 'Packages' && component === 'main');
  const sure = main.find(([, , origin, label]) => origin === 'Debian' && label === 'Debian');
  const likely = main.find(
    ([, , origin, , address = '']) =>
      (origin === '$(ORIGIN)' || origin === '') && /^(https?|mirror.*):.*\/debian\/?$/.test(address),
  );
  return (sure ?? likely)?.[4];
}

/** Which mirror of Debian's archive this machine uses: apt is asked, no address stands in this code. */
import type { Miss, SearchContext } from './nats-source.ts';
import { complaint, type Ran, runCommand } from './run-command.ts';

const format = '$(CREATED_BY)|$(COMPONENT)|$(ORIGIN)|$(LABEL)|$(REPO_URI)';
const askMs = 10_000;

/** The mirror's address. */
export async function findMirror(context: SearchContext): Promise<string | Miss> {
  const ask = (releaseInfo: boolean): Promise<Ran> =>
    runCommand(
      context.clock,
      'apt-get',
      ['-o', `APT::Get::IndexTargets::ReleaseInfo=${releaseInfo}`, 'indextargets', '--format', format],
      { env: { ...context.env, LC_ALL: 'C' }, deadlineMs: askMs, signal: context.signal },
    );
  // With release info apt lists only what an `apt-get update` has fetched: nothing, in a fresh container.
  for (const releaseInfo of [true, false]) {
    const ran = await ask(releaseInfo);
    if (ran.missing) return { reason: 'apt-get is not here' };
    if (ran.code !== 0) return { reason: complaint(ran) };
    const mirror = chooseMirror(ran.stdout);
    if (mirror !== undefined) return mirror;
  }
  return { reason: 'apt is not configured with an archive of Debian' };
}

/**
 * From lines `<kind>|<component>|<origin>|<label>|<address>`. What says that it is Debian's main archive is taken first; where
 * apt does not know the origin (it leaves the variable as it is), an address that ends in `/debian`. Whoever else serves
 * packages from such an address fails at the signature.
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

/** One chain of intents as a tree: every intent in a line, with the time since the chain began. */
import type { ChainLink, Fate } from './chains.ts';
import { durationText } from './duration.ts';

/** @param links of one chain, in order of their making */
export function chainTree(links: readonly ChainLink[]): readonly string[] {
  const ids = new Set(links.map((link) => link.id));
  const began = links[0]?.made ?? 0;
  const children = new Map<string | undefined, ChainLink[]>();
  for (const link of links) {
    // the parent may have been sent by another process
    const parent = link.parent !== null && ids.has(link.parent) ? link.parent : undefined;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [link]);
    else siblings.push(link);
  }
  const lines: string[] = [];
  for (const top of children.get(undefined) ?? []) branch(top, '', '', lines, children, began);
  return lines;
}

function branch(
  link: ChainLink,
  first: string,
  rest: string,
  lines: string[],
  children: ReadonlyMap<string | undefined, readonly ChainLink[]>,
  began: number,
): void {
  lines.push(first + lineOf(link, began));
  const below = children.get(link.id) ?? [];
  for (const [place, child] of below.entries()) {
    const isLast = place === below.length - 1;
    branch(child, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`, lines, children, began);
  }
}

function lineOf(link: ChainLink, began: number): string {
  const seq = link.seq === undefined ? 'no ticket' : `seq ${link.seq}`;
  const what = link.summary === '' ? link.type : `${link.type}: ${link.summary}`;
  return `+${link.made - began} ms  ${link.from} -> ${link.to}  ${what}  (${seq}, ${fateText(link.fate)})`;
}

function fateText(fate: Fate): string {
  switch (fate.kind) {
    case 'waiting':
      return 'not handled yet';
    case 'handled':
      return `handled after ${durationText(fate.afterMs)}${fate.attempts > 1 ? ` in attempt ${fate.attempts}` : ''}`;
    case 'dead':
      return `dead letter: ${fate.reason}`;
    default:
      return fate satisfies never;
  }
}

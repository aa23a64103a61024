/** Hostile input in place of a subject token: each would end, continue or widen the subject, or the command. */
export const hostileTokens: readonly (readonly [what: string, token: string])[] = [
  ['nothing', ''],
  ['a space', 'a b'],
  ['a tab', 'a\tb'],
  ['a line of protocol', 'a\r\nUNSUB 1\r\nPUB x 0\r\n\r\n'],
  ['a lone line feed', 'a\n'],
  ['a carriage return', 'a\r'],
  ['a null byte', 'a\u0000'],
  ['an escape', 'a\u001b[2J'],
  ['a delete', 'a\u007f'],
  ['a next line of Latin-1', 'a\u0085'],
  ['a no-break space', 'a\u00a0b'],
  ['a line separator of Unicode', 'a\u2028b'],
  ['a wildcard for one token', '*'],
  ['a wildcard for the rest', '>'],
  ['a wildcard inside', 'a*b'],
];

/** Hostile tokens, plus texts that are harmless in a subject but are not a single token. */
export const noTokens: readonly (readonly [what: string, token: string])[] = [
  ...hostileTokens,
  ['two tokens', 'a.b'],
  ['an empty token before', '.a'],
  ['an empty token after', 'a.'],
];

/**
 * Text for a terminal: what a terminal would obey (control characters, Unicode Cc) or what would reorder what a person reads
 * (bidirectional controls, Unicode TR9) is shown as `\u001b`, which is the same value where the text is JSON.
 */
const obeyed = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const space = /[\t\n\r]+/g;

/** One line: line breaks and tabs become a space. */
export const printableLine = (text: string): string => text.replaceAll(space, ' ').replaceAll(obeyed, escaped);

/** Lines: their breaks and tabs stay. */
export const printableText = (text: string): string =>
  text.replaceAll(obeyed, (character) => (character === '\n' || character === '\t' ? character : escaped(character)));

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * Makes text safe for a terminal: shows control characters (Unicode Cc), which a terminal obeys, or bidirectional controls
 * (Unicode TR9), which reorder the displayed text, as `\u001b`. Where the text is JSON, that is the same value.
 */
const obeyed = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const space = /[\t\n\r]+/g;

/** Prints on one line: line breaks and tabs become a space. */
export const printableLine = (text: string): string => text.replaceAll(space, ' ').replaceAll(obeyed, escaped);

/** Prints several lines: line breaks and tabs stay. */
export const printableText = (text: string): string =>
  text.replaceAll(obeyed, (character) => (character === '\n' || character === '\t' ? character : escaped(character)));

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

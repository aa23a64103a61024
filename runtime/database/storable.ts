/** What agents wrote, as Postgres can keep it: it has no character 0 and no half of a pair, anything else stays as it is. */
import type { Json } from '../core/json.ts';

const unknownCharacter = '\ufffd';
/** An escape in JSON text, whole: `\\` first, so that the second half of it does not begin another. */
const escapes = /\\(?:\\|u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})/g;

/** JSON text for `jsonb`. */
export function storableJson(value: Json): string {
  // stringify writes lone halves, and only those, as escapes
  return JSON.stringify(value).replace(escapes, (found) => (found === '\\\\' ? found : unknownCharacter));
}

export const storableText = (text: string): string => text.replaceAll('\0', unknownCharacter);

/** Makes text of agents storable in Postgres, which has neither character 0 nor lone surrogates; all other text stays unchanged. */
import type { Json } from '../core/json.ts';

const unknownCharacter = '\ufffd';
/** A whole escape in JSON text: `\\` comes first, so that its second half does not start another escape. */
const escapes = /\\(?:\\|u0000|u[dD][89a-fA-F][0-9a-fA-F]{2})/g;

/** Returns JSON text for `jsonb`. */
export function storableJson(value: Json): string {
  // stringify escapes lone surrogates, and only those
  return JSON.stringify(value).replace(escapes, (found) => (found === '\\\\' ? found : unknownCharacter));
}

export const storableText = (text: string): string => text.replaceAll('\0', unknownCharacter);

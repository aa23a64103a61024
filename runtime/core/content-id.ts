/** An id that is the content's own: the same bytes have the same one, wherever and whenever they are written. */
import { hash } from 'node:crypto';

/** @returns 22 characters of URL-safe Base64: 132 bits of SHA-256 */
export const contentId = (content: Uint8Array | string): string => hash('sha256', content, 'base64url').slice(0, 22);

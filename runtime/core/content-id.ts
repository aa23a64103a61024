/** An id derived from content: equal bytes always have the same id. */
import { hash } from 'node:crypto';

/** @returns 22 characters of URL-safe Base64: 132 bits of SHA-256 */
export const contentId = (content: Uint8Array | string): string => hash('sha256', content, 'base64url').slice(0, 22);

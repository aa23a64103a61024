/** The id by which the server tells a repetition: one per lane, intent and attempt, so that no other sender can occupy it. */
import { hash } from 'node:crypto';

/** @returns 22 characters of URL-safe Base64: 132 bits of SHA-256 over the lane's subject, the intent id and the attempt */
export function messageId(subject: string, intentId: string, attempt: number): string {
  return hash('sha256', `${subject}\n${intentId}\n${attempt}`, 'base64url').slice(0, 22);
}

/** A log that a test can read. */
import type { LogFields, Logger } from '../../runtime/core/logger.ts';

export class LogRecorder implements Logger {
  readonly records: { readonly text: string; readonly fields: LogFields }[] = [];

  get texts(): readonly string[] {
    return this.records.map(({ text }) => text);
  }

  has(text: string): boolean {
    return this.texts.includes(text);
  }

  debug(fields: LogFields, text: string): void {
    this.records.push({ text, fields });
  }

  info(fields: LogFields, text: string): void {
    this.records.push({ text, fields });
  }

  warn(fields: LogFields, text: string): void {
    this.records.push({ text, fields });
  }

  error(fields: LogFields, text: string): void {
    this.records.push({ text, fields });
  }
}

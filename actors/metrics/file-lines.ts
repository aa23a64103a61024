/** Streams the lines of a text file: only the current line is in memory. */
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { reasonOf } from '../../runtime/core/errors.ts';
import { looksLikeUtf16 } from '../../runtime/core/json-text.ts';
import { MetricsFileError } from './metrics-file-error.ts';

/** A line of a metrics file has about thirty characters: a longer one than this is not a metrics file. */
const longestLine = 4_096;

/**
 * Yields lines without line ends (LF or CRLF) and byte order mark; a line end at the end of the file starts no further line.
 * @throws MetricsFileError if the file cannot be read, or a line is too long
 */
export async function* fileLines(file: string): AsyncGenerator<string> {
  let rest = '';
  let line = 0;
  for await (const piece of pieces(file)) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      line += 1;
      yield clean(text, file, line);
    }
    if (rest.length > longestLine) throw tooLong(file, line + 1);
  }
  if (rest !== '') yield clean(rest, file, line + 1);
}

function clean(text: string, file: string, line: number): string {
  if (text.length > longestLine) throw tooLong(file, line);
  const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
  return line === 1 && whole.startsWith('\uFEFF') ? whole.slice(1) : whole;
}

async function* pieces(file: string): AsyncGenerator<string> {
  try {
    // a reader that stops early destroys the stream by leaving this loop
    const decoder = new StringDecoder('utf8');
    let isFirst = true;
    for await (const piece of createReadStream(file)) {
      const bytes = piece as Buffer;
      if (isFirst && looksLikeUtf16(bytes)) throw new MetricsFileError(file, 1, 'it is UTF-16: save it as UTF-8');
      isFirst = false;
      yield decoder.write(bytes);
    }
    yield decoder.end();
  } catch (error) {
    if (error instanceof MetricsFileError) throw error;
    throw new MetricsFileError(file, undefined, unreadable(error), error);
  }
}

function unreadable(error: unknown): string {
  switch ((error as { readonly code?: unknown }).code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a directory, not a file';
    case 'EACCES':
      return 'this user may not read it';
    default:
      return `it cannot be read: ${reasonOf(error)}`;
  }
}

const tooLong = (file: string, line: number): MetricsFileError =>
  new MetricsFileError(file, line, `a line must have at most ${longestLine} characters: is this a CSV file?`);

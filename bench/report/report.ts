/** Prints the result of a bench: its figures as a table or as JSON lines, then every bound with PASS or FAIL. */
import type { Verdict } from './bounds.ts';
import { type Cell, type Column, formatNumber, formatTable } from './table.ts';

export interface Report {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** One JSON line each. */
  readonly lines: readonly object[];
  /** For people: the meaning of the figures, the bounds that were not judged. */
  readonly remarks?: readonly string[];
  readonly verdicts: readonly Verdict[];
}

/** The outputs of a report; with JSON, everything except figures goes to `note`. */
export interface Output {
  figure(text: string): void;
  note(text: string): void;
}

const standardOutput: Output = Object.freeze({
  figure: (text: string) => void process.stdout.write(`${text}\n`),
  note: (text: string) => void process.stderr.write(`${text}\n`),
});

/** @returns whether every bound holds */
export function printReport(report: Report, json: boolean, output: Output = standardOutput): boolean {
  if (json) for (const line of report.lines) output.figure(JSON.stringify(line));
  else output.figure(`\n${formatTable(report.columns, report.rows)}\n`);
  const tell = json ? output.note : output.figure;
  for (const remark of report.remarks ?? []) tell(remark);
  for (const verdict of report.verdicts) tell(describe(verdict));
  const missed = report.verdicts.filter(({ holds }) => !holds);
  for (const verdict of missed) output.note(`error: ${sentence(verdict)}`);
  return missed.length === 0;
}

function describe({ bound, value, holds }: Verdict): string {
  return `${holds ? 'PASS' : 'FAIL'}  ${bound.name}: ${inUnit(value, bound.unit)} (${bound.sense} ${inUnit(bound.limit, bound.unit)})`;
}

function sentence({ bound, value }: Verdict): string {
  const found = inUnit(value, bound.unit);
  return `${bound.name} is ${found}, and must be ${bound.sense} ${inUnit(bound.limit, bound.unit)}: ${bound.why}`;
}

function inUnit(value: number, unit: string): string {
  const text = Number.isInteger(value) ? formatNumber(value, 0) : formatNumber(value, 2);
  return unit === '' ? text : `${text} ${unit}`;
}

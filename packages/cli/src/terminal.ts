import type { KulningError } from '@kulning/sdk';

import { type Language, type Words, wordsOf } from './words/index.ts';

/** What a command prints on, and how: tables for people, JSON for programs. Messages go to stderr, answers to stdout. */
export interface Terminal {
  readonly language: Language;
  readonly words: Words;
  readonly json: boolean;
  print(text: string): void;
  note(text: string): void;
  write(chunk: string): void;
}

export function createTerminal(language: Language, json: boolean): Terminal {
  return {
    language,
    words: wordsOf[language],
    json,
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    write: (chunk) => void process.stdout.write(chunk),
  };
}

/** Documented in docs/cli.md; scripts branch on them. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  unauthorised: 4,
  unreachable: 5,
} as const;

export function exitCodeOf(error: KulningError): number {
  if (error.code.startsWith('usage.')) return exitCodes.usage;
  if (error.code.startsWith('network.') || error.code === 'instance.not_running')
    return exitCodes.unreachable;
  if (error.status === 401) return exitCodes.unauthorised;
  if (error.status === 403) return exitCodes.refused;
  return exitCodes.failed;
}

export function printError(terminal: Terminal, error: KulningError): void {
  if (terminal.json) return terminal.print(JSON.stringify(error.toBody(terminal.language)));
  const { words, language } = terminal;
  const { message, hint } = error.text[language];
  const where = error.path === undefined ? '' : ` [${error.path}]`;
  terminal.note(words.labelled(words.error, `${message}${where} (${error.code})`));
  if (hint !== undefined) terminal.note(words.labelled(words.hint, hint.includes('\n') ? `\n${hint}` : hint));
}

/** Prints an answer of the API: a list as a table, a thing as lines, or all of it as JSON. */
export function printAnswer(terminal: Terminal, answer: unknown): void {
  if (terminal.json) return terminal.print(JSON.stringify(answer, null, 2));
  if (isRecord(answer) && Array.isArray(answer.items)) {
    printTable(terminal, answer.items.filter(isRecord));
    if (typeof answer.next === 'string') terminal.note(terminal.words.more(answer.next));
  } else if (isRecord(answer)) {
    printThing(terminal, answer);
  } else {
    terminal.print(String(answer));
  }
}

function printTable(terminal: Terminal, rows: readonly Record<string, unknown>[]): void {
  if (rows.length === 0) return terminal.print(terminal.words.nothing);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((column) =>
    rows.some((row) => cell(row[column]) !== ''),
  );
  const cells = [columns.map(heading), ...rows.map((row) => columns.map((column) => cell(row[column])))];
  const widths = columns.map((_, index) =>
    Math.min(48, Math.max(...cells.map((line) => line[index]?.length ?? 0))),
  );
  for (const line of cells)
    terminal.print(
      line
        .map((text, index) => fit(text, widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

function printThing(terminal: Terminal, thing: Record<string, unknown>, indent = ''): void {
  const width = Math.max(...Object.keys(thing).map((key) => heading(key).length));
  for (const [key, value] of Object.entries(thing)) {
    const label = `${indent}${heading(key).padEnd(width)}`;
    if (isRecord(value)) {
      terminal.print(label.trimEnd());
      printThing(terminal, value, `${indent}  `);
    } else if (Array.isArray(value) && value.some(isRecord)) {
      terminal.print(label.trimEnd());
      for (const item of value.filter(isRecord)) {
        printThing(terminal, item, `${indent}  `);
        terminal.print('');
      }
    } else {
      terminal.print(`${label}  ${cell(value)}`);
    }
  }
}

/** A value in one line: scalars as they are, a named thing by its name, a list of scalars joined; nothing else fits. */
function cell(value: unknown): string {
  if (Array.isArray(value)) return value.some(isRecord) ? String(value.length) : value.map(scalar).join(', ');
  if (!isRecord(value)) return scalar(value);
  const name = scalar(value.value ?? value.name ?? value.id);
  return name === '' ? '' : `${name}${typeof value.unit === 'string' ? ` ${value.unit}` : ''}`;
}

function scalar(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

const heading = (key: string) => key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const fit = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

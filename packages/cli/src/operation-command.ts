import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';

import { asSaid, KulningError, type Operation } from '@kulning/sdk';

import type { Connection } from './connection.ts';
import { printAnswer, type Terminal } from './terminal.ts';
import type { Words } from './words/index.ts';
import { descriptionIn, summaryOf } from './words/operations.ts';

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
}

export interface Flag {
  readonly name: string;
  readonly part: 'params' | 'query' | 'body';
  /** Where the value goes: `['machine', 'country']` for `--machine.country`. */
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** `subjects.find` is `kulning subject find`: the words of the API, singular where people say it so. */
export function commandOf(operation: Operation): string {
  const [area = '', verb = ''] = operation.id.split('.');
  return `${kebab(area === 'subjects' ? 'subject' : area)} ${kebab(verb)}`;
}

/** The flags of an operation, read from its schemas. Path parameters may also be given in order, without a flag. */
export function flagsOf(operation: Operation): Flag[] {
  const parts = ['params', 'query', 'body'] as const;
  return parts.flatMap((part) => {
    const schema = operation[part]?.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as
      | JsonSchema
      | undefined;
    return schema ? flagsIn(schema, part, []) : [];
  });
}

/** What an optional group requires is asked for only by whoever gives the group: the server says what is missing then. */
function flagsIn(
  schema: JsonSchema,
  part: Flag['part'],
  path: readonly string[],
  groupRequired = true,
): Flag[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, child]) => {
    const here = [...path, name];
    const required = groupRequired && (schema.required ?? []).includes(name);
    if (child.properties) return flagsIn(child, part, here, required);
    return [
      {
        name: here.map(kebab).join('.'),
        part,
        path: here,
        schema: child,
        required: required || part === 'params',
      },
    ];
  });
}

/** Runs one operation with `--flag value` pairs and positional path parameters, and prints its answer. */
export async function runOperation(
  operation: Operation,
  args: readonly string[],
  connection: Connection,
  terminal: Terminal,
): Promise<void> {
  const { values, output } = readInput(operation, args, terminal);
  const answer = await connection.client.call(operation, inputOf(operation, values));
  if (operation.file === undefined) return printAnswer(terminal, answer);
  const file = answer as Blob;
  if (output === undefined) return terminal.write(await file.text());
  await writeFile(output, file.stream());
  terminal.note(terminal.words.saved(output));
}

/** The same, for a command that does more with the answer. */
export function callOperation(
  operation: Operation,
  args: readonly string[],
  connection: Connection,
  terminal: Terminal,
): Promise<unknown> {
  return connection.client.call(operation, inputOf(operation, readInput(operation, args, terminal).values));
}

function readInput(operation: Operation, args: readonly string[], terminal: Terminal) {
  const flags = flagsOf(operation);
  const { values, output } = parseFlags(operation, flags, args, terminal);
  for (const flag of flags) {
    if (flag.required && valueAt(values[flag.part], flag.path) === undefined)
      throw mistake('missing', terminal.words.missing(`--${flag.name}`), takes(operation, terminal));
  }
  return { values, output };
}

function inputOf(operation: Operation, values: Values): Values {
  return {
    ...(operation.params && { params: values.params }),
    ...(operation.query && { query: values.query }),
    ...(operation.body && { body: values.body }),
  } as Values;
}

type Values = Record<Flag['part'], Record<string, unknown>>;

function parseFlags(
  operation: Operation,
  flags: readonly Flag[],
  args: readonly string[],
  { words }: Terminal,
): { values: Values; output: string | undefined } {
  const values: Values = { params: {}, query: {}, body: {} };
  const positional = flags.filter(({ part }) => part === 'params');
  let output: string | undefined;
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!arg.startsWith('--')) {
      const flag = positional.shift();
      if (!flag) throw mistake('option', words.tooMuch(arg), `kulning ${commandOf(operation)} --help`);
      setAt(values[flag.part], flag.path, arg);
      continue;
    }
    const [name = '', inline] = arg.slice(2).split(/=(.*)/s);
    const flag = flags.find((candidate) => candidate.name === name);
    const value = inline ?? (flag && isBoolean(flag.schema) ? 'true' : args[(index += 1)]);
    if (name === 'output') output = value;
    else if (!flag)
      throw mistake(
        'option',
        words.unknownOption(`--${name}`),
        flags.map((known) => `--${known.name}`).join(' ') || `kulning ${commandOf(operation)} --help`,
      );
    else if (value === undefined) throw mistake('value', words.missing(`--${name} …`));
    else setAt(values[flag.part], flag.path, readValue(flag, value, words));
  }
  return { values, output };
}

/**
 * By the schema's type: `null`, numbers, booleans, lists (`a,b` or JSON), objects (JSON); anything else is text.
 * `@file` takes the value from a file, a list from its lines: what it says stays out of the shell's history.
 */
function readValue({ name, schema }: Flag, given: string, words: Words): unknown {
  const types = typesOf(schema);
  const fromFile = given.startsWith('@');
  const text = fromFile ? readText(given.slice(1), words) : given;
  if (text === 'null' && types.has('null')) return null;
  if ((types.has('number') || types.has('integer')) && text.trim() !== '' && !Number.isNaN(Number(text)))
    return Number(text);
  if (types.has('boolean')) return text === 'true' ? true : text === 'false' ? false : text;
  if (types.has('array') && text.trimStart().startsWith('[')) return parseJson(text, name, words);
  if (types.has('array'))
    return text
      .split(fromFile ? '\n' : ',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  if (types.has('object') && text.trimStart().startsWith('{')) return parseJson(text, name, words);
  return text;
}

function readText(path: string, words: Words): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw mistake('value', words.unreadable(path), undefined, cause);
  }
}

function parseJson(text: string, name: string, words: Words): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw mistake('value', words.notJson(`--${name}`), undefined, cause);
  }
}

function mistake(
  kind: 'option' | 'value' | 'missing',
  message: string,
  hint?: string,
  cause?: unknown,
): KulningError {
  return new KulningError({ code: `usage.${kind}`, status: 400, text: asSaid({ message, hint }), cause });
}

function typesOf(schema: JsonSchema): Set<string> {
  const own = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return new Set([...own, ...(schema.anyOf ?? []).flatMap((option) => [...typesOf(option)])]);
}

const isBoolean = (schema: JsonSchema) => typesOf(schema).has('boolean');

/** What a command does, and what it takes. */
export function helpOf(operation: Operation, terminal: Terminal): string {
  return `${summaryOf(operation, terminal.language)}.\n${takes(operation, terminal)}`;
}

function takes(operation: Operation, terminal: Terminal): string {
  const flags = flagsOf(operation);
  const command = commandOf(operation);
  return flags.length === 0
    ? `kulning ${command}`
    : `${terminal.words.takes(command)}\n${describeFlags(flags, terminal)}`;
}

function describeFlags(flags: readonly Flag[], terminal: Terminal): string {
  return flags
    .map(({ name, schema, required }) => {
      const choices = [schema, ...(schema.anyOf ?? [])].flatMap((option) => option.enum ?? []);
      const types = [...typesOf(schema)].filter((type) => type !== 'null');
      const values = (choices.length > 0 ? choices : types).join('|');
      return `  --${name} <${values}>${required ? ` (${terminal.words.required})` : ''}${schema.description === undefined ? '' : `  ${descriptionIn(terminal.language, schema.description)}`}`;
    })
    .join('\n');
}

function valueAt(tree: Record<string, unknown>, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, name) =>
      typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[name] : undefined,
    tree,
  );
}

function setAt(tree: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const last = path.at(-1) ?? '';
  let node = tree;
  for (const name of path.slice(0, -1)) node = (node[name] ??= {}) as Record<string, unknown>;
  node[last] = value;
}

const kebab = (text: string) => text.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

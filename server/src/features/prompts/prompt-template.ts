import type { PromptText } from '@kulning/sdk';

export type VariableValue = string | number | boolean;

/** What is wrong with a text or with values for it; the names are the author's own. */
export type PromptFault =
  | { readonly fault: 'undeclared' | 'missing' | 'unknown'; readonly variable: string }
  | { readonly fault: 'type' | 'option' | 'length'; readonly variable: string; readonly expected: string };

/** `{{name}}`, with spaces inside as authors like them. */
const PLACE = /\{\{\s*([A-Za-z_]\w{0,63})\s*\}\}/g;

/** The first thing that would make a text fail when it is filled: an undeclared name, or a default that does not fit. */
export function faultOfText({ messages, variables }: PromptText): PromptFault | undefined {
  for (const { content } of messages)
    for (const [, variable = ''] of content.matchAll(PLACE))
      if (!Object.hasOwn(variables, variable)) return { fault: 'undeclared', variable };
  for (const [variable, declared] of Object.entries(variables)) {
    const fault =
      declared.default === undefined ? undefined : faultOfValue(variable, declared, declared.default);
    if (fault) return fault;
  }
  return undefined;
}

/**
 * The messages with the values in their places. A value is put in as it is: what looks like a place in it stays text, so
 * that no caller's value can reach for another's.
 */
export function filled(
  text: PromptText,
  given: Readonly<Record<string, VariableValue>>,
): { readonly messages: { role: string; content: string }[] } | PromptFault {
  const { messages, variables } = text;
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(variables, name));
  if (unknown !== undefined) return { fault: 'unknown', variable: unknown };
  const values = new Map<string, string>();
  for (const [variable, declared] of Object.entries(variables)) {
    const value = Object.hasOwn(given, variable) ? given[variable] : declared.default;
    if (value === undefined) return { fault: 'missing', variable };
    const fault = faultOfValue(variable, declared, value);
    if (fault) return fault;
    values.set(variable, String(value));
  }
  return {
    messages: messages.map(({ role, content }) => ({
      role,
      content: content.replace(PLACE, (place, name: string) => values.get(name) ?? place),
    })),
  };
}

type Declared = PromptText['variables'][string];

function faultOfValue(variable: string, declared: Declared, value: VariableValue): PromptFault | undefined {
  const { type, options, maxLength } = declared;
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  const fits = {
    string: typeof value === 'string',
    number: isNumber,
    integer: isNumber && Number.isSafeInteger(value),
    boolean: typeof value === 'boolean',
  }[type];
  if (!fits) return { fault: 'type', variable, expected: type };
  if (options && !options.includes(value)) return { fault: 'option', variable, expected: options.join(', ') };
  if (maxLength !== undefined && String(value).length > maxLength)
    return { fault: 'length', variable, expected: String(maxLength) };
  return undefined;
}

export interface DiffLine {
  readonly change: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** A text as lines that people compare: settings, variables, then each message. */
export function linesOf({ messages, variables, model, temperature, maxTokens }: PromptText): string[] {
  const settings = Object.entries({ model, temperature, maxTokens }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  const declared = Object.entries(variables).map(([name, each]) => `{{${name}}}: ${JSON.stringify(each)}`);
  return [
    ...settings,
    ...declared,
    ...messages.flatMap(({ role, content }) => [
      `${role}:`,
      ...content.split('\n').map((line) => `  ${line}`),
    ]),
  ];
}

/** A shortest edit by lines: longest common subsequence, after equal beginnings and ends are set aside. */
export function diffOf(before: readonly string[], after: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < before.length - head &&
    tail < after.length - head &&
    before.at(-1 - tail) === after.at(-1 - tail)
  )
    tail++;
  const same = (text: string): DiffLine => ({ change: 'same', text });
  return [
    ...before.slice(0, head).map(same),
    ...changedLines(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

/** Beyond this many pairs of lines all of them are told as replaced: nobody reads such a diff. */
const MOST_PAIRS = 4_000_000;

function changedLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  const [rows, columns] = [before.length, after.length];
  if (rows * columns > MOST_PAIRS)
    return [
      ...before.map((text): DiffLine => ({ change: 'removed', text })),
      ...after.map((text): DiffLine => ({ change: 'added', text })),
    ];
  const width = columns + 1;
  const common = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--)
      common[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < rows || column < columns) {
    if (row < rows && column < columns && before[row] === after[column]) {
      lines.push({ change: 'same', text: before[row++] ?? '' });
      column++;
    } else if (row < rows && (column === columns || at(row + 1, column) >= at(row, column + 1)))
      lines.push({ change: 'removed', text: before[row++] ?? '' });
    else lines.push({ change: 'added', text: after[column++] ?? '' });
  }
  return lines;
}

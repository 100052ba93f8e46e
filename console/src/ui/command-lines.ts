import { pathOf, type ClientInput, type Operation } from '@kulning/sdk';

/** The same by command and by API, each as one line that runs as it stands. */
export interface ScreenCommand {
  readonly cli: string;
  readonly curl: string;
}

interface AnyInput {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

type Input<O extends Operation> =
  object extends ClientInput<O> ? [input?: ClientInput<O>] : [input: ClientInput<O>];

/** An operation with what the screen shows, or with an example where it has nothing yet. */
export function commandOf<const O extends Operation>(operation: O, ...[given]: Input<O>): ScreenCommand {
  const input = (given ?? {}) as AnyInput;
  return { cli: cliOf(operation, input), curl: curlOf(operation, input) };
}

const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/** For a POSIX shell. */
const quoted = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The command takes a list as `a,b`. */
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : JSON.stringify(value);

/** A switch stands alone, or says that it is off. */
const flagOf = (name: string, value: unknown): string[] =>
  typeof value === 'boolean'
    ? [value ? `--${name}` : `--${name}=false`]
    : [`--${name}`, quoted(textOf(value))];

/** `subjects.find` is `kulning subject find`; path parameters follow in order, the rest as flags. */
function cliOf({ id }: Operation, { params = {}, query = {}, body = {} }: AnyInput): string {
  const [area = '', verb = ''] = id.split('.');
  const flags = Object.entries({ ...query, ...body }).flatMap(([name, value]) =>
    value === undefined ? [] : flagOf(kebab(name), value),
  );
  return [
    'npx kulning',
    area === 'subjects' ? 'subject' : kebab(area),
    kebab(verb),
    ...Object.values(params).map(quoted),
    ...flags,
  ].join(' ');
}

/** `KULNING_API_KEY` is a key of the reader's own, as the command takes it too. */
function curlOf(operation: Operation, input: AnyInput): string {
  const method = operation.method === 'GET' ? '' : ` -X ${operation.method}`;
  return curl(
    `${method} ${quoted(location.origin + pathOf(operation, input))}`,
    operation.body === undefined ? undefined : (input.body ?? {}),
  );
}

export function curl(target: string, body?: object): string {
  const sent =
    body === undefined ? '' : ` -H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}`;
  return `curl${target} -H "authorization: Bearer $KULNING_API_KEY"${sent}`;
}

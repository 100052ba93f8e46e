import { pathOf, type Operation } from '@kulning/sdk';

export interface ScreenCommand {
  readonly operation: Operation;
  readonly params?: Readonly<Record<string, string>>;
  /** A command of its own, where the operation's is not the one a person would use. */
  readonly cli?: string;
}

const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);

/** `subjects.find` is `kulning subject find`; path parameters follow in order. */
export function commandLineOf({ operation, params = {}, cli }: ScreenCommand): string {
  const [area = '', verb = ''] = operation.id.split('.');
  return (
    cli ??
    ['kulning', area === 'subjects' ? 'subject' : kebab(area), kebab(verb), ...Object.values(params)].join(
      ' ',
    )
  );
}

/** The same question as a line for a terminal; `$KULNING_KEY` stands for a key of the reader's own. */
export function curlOf({ operation, params }: ScreenCommand, origin: string): string {
  const method = operation.method === 'GET' ? '' : ` -X ${operation.method}`;
  const body = operation.body === undefined ? '' : ` -H 'content-type: application/json' -d @request.json`;
  return `curl${method} '${origin}${pathOf(operation, { params: params ?? {} })}' -H "authorization: Bearer $KULNING_KEY"${body}`;
}

import { pathOf, type Operation } from '@kulning/sdk';
import { useEffect, type ReactNode } from 'react';

import { useWords } from '../words/words.tsx';
import { CodeLine } from './copy.tsx';
import { ChevronIcon } from './icons.tsx';

export interface ScreenCommand {
  readonly operation: Operation;
  readonly params?: Readonly<Record<string, string>>;
  /** A command of its own, where the operation's is not the one a person would use. */
  readonly cli?: string;
}

interface ScreenProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly commands?: readonly ScreenCommand[];
  readonly children: ReactNode;
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

/** One screen: its one h1, what it is for, its action, and folded below it the command and the API call. */
export function Screen({ title, lead, actions, commands = [], children }: ScreenProps) {
  const words = useWords();
  useEffect(() => {
    document.title = `${title} · Kulning`;
  }, [title]);
  return (
    <div className="mx-auto flex w-full max-w-7xl flex-col gap-4 px-4 py-5 sm:px-6">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold">{title}</h1>
          {lead !== undefined && <p className="mt-1 max-w-prose text-soft">{lead}</p>}
        </div>
        {actions !== undefined && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
      {commands.length > 0 && (
        <details className="group mt-4 border-t border-line pt-2 text-sm">
          <summary className="flex min-h-8 w-fit items-center gap-1.5 text-soft hover:text-ink [&::-webkit-details-marker]:hidden">
            <ChevronIcon className="size-4 -rotate-90 group-open:rotate-0" />
            {words.common.sameByCommand}
          </summary>
          <div className="flex flex-col gap-2 py-2">
            {commands.map((command) => (
              <div key={command.operation.id} className="flex flex-col gap-1">
                <CodeLine text={commandLineOf(command)} />
                <CodeLine text={curlOf(command, location.origin)} />
              </div>
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

import { useEffect, type ReactNode } from 'react';

import { useWords } from '../words/words.tsx';
import type { ScreenCommand } from './command-lines.ts';
import { CodeLine } from './copy.tsx';
import { ChevronIcon } from './icons.tsx';

interface ScreenProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly commands?: readonly ScreenCommand[];
  readonly children: ReactNode;
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
            {commands.map(({ cli, curl }) => (
              <div key={cli} className="flex flex-col gap-1">
                <CodeLine text={cli} />
                <CodeLine text={curl} />
              </div>
            ))}
          </div>
        </details>
      )}
    </div>
  );
}

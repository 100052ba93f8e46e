import { asSaid, clientWords, KulningError } from '@kulning/sdk';
import { Link, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { Mark } from '../ui/mark.tsx';
import { Problem } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';
import { LanguageMenu, ThemeButton } from './top-bar.tsx';

/** What a stranger sees: one column, the mark, and no way in but the one shown. */
export function Outside({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-xl flex-col px-4 py-6 sm:py-12">
      <div className="mb-8 flex items-center justify-between">
        <span className="flex items-center gap-2 text-lg font-semibold">
          <Mark /> Kulning
        </span>
        <span className="flex items-center gap-1">
          <LanguageMenu />
          <ThemeButton />
        </span>
      </div>
      <h1 className="text-2xl font-semibold">{title}</h1>
      {lead !== undefined && <p className="mt-2 text-soft">{lead}</p>}
      <div className="mt-6">{children}</div>
    </main>
  );
}

export function Missing() {
  const words = useWords();
  return (
    <Outside title={words.outside.missing} lead={words.outside.missingLead}>
      <Link to="/" className="prose-link">
        {words.outside.toHome}
      </Link>
    </Outside>
  );
}

/** How browsers say that a part of the console could not be fetched. */
const isUnfetched = (error: unknown) =>
  error instanceof TypeError && /dynamically imported module|importing a module script/i.test(error.message);

function problemOf(error: unknown): KulningError {
  if (error instanceof KulningError) return error;
  if (isUnfetched(error))
    return new KulningError({
      code: 'network.unreachable',
      status: 503,
      text: clientWords.unreachable(''),
      cause: error,
    });
  const message = error instanceof Error ? error.message : String(error);
  return new KulningError({ code: 'console.failed', status: 500, text: asSaid({ message }), cause: error });
}

/** A screen that broke: the reader gets what every other failure gives, a code and another try. */
export function RouteFailure({ error }: { readonly error: unknown }) {
  const router = useRouter();
  return (
    <div className="mx-auto w-full max-w-xl p-6">
      <Problem error={problemOf(error)} onRetry={() => void router.invalidate()} />
    </div>
  );
}

import type { KulningError } from '@kulning/sdk';
import type { ReactNode } from 'react';

import type { Answer } from '../app/api.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { Button } from './button.tsx';
import { Prose } from './prose.tsx';

/** Failing: what, why, what to do, the code, and another try. */
export function Problem({
  error,
  onRetry,
}: {
  readonly error: KulningError;
  readonly onRetry?: (() => void) | undefined;
}) {
  const { words, language } = useSpeech();
  const { message, hint } = error.text[language];
  return (
    <div role="alert" className="rounded-base border border-refused bg-refused-wash px-4 py-3 text-sm">
      <p className="font-medium text-refused">{message}</p>
      {hint !== undefined && (
        <p className="mt-1 text-ink">
          <Prose text={hint} />
        </p>
      )}
      <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="text-xs text-ink">
          {words.common.code} <code className="font-mono">{error.code}</code>
          {error.path !== undefined && (
            <>
              {' · '}
              {words.common.at} <code className="font-mono">{error.path}</code>
            </>
          )}
        </span>
        {onRetry && <Button onClick={onRetry}>{words.common.retry}</Button>}
      </div>
    </div>
  );
}

/** Loading: lines where the text will be, so that nothing jumps. */
export function Skeleton({
  lines = 4,
  className = '',
}: {
  readonly lines?: number;
  readonly className?: string;
}) {
  const words = useWords();
  return (
    <div role="status" className={`flex flex-col gap-3 p-4 ${className}`}>
      <span className="sr-only">{words.common.loading}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span
          key={line}
          aria-hidden="true"
          className={`skeleton h-4 ${['w-11/12', 'w-4/5', 'w-3/5'][line % 3]}`}
        />
      ))}
    </div>
  );
}

/** Empty: what this is for, one action, one sample. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-start gap-2 px-4 py-8 sm:px-8">
      <p className="text-lg font-semibold">{title}</p>
      <div className="max-w-prose text-soft">{children}</div>
      {action !== undefined && <div className="mt-2">{action}</div>}
    </div>
  );
}

/** Something is missing, and the rest is still true. */
export function Notice({
  tone = 'waiting',
  children,
}: {
  readonly tone?: 'waiting' | 'lawful';
  readonly children: ReactNode;
}) {
  const tones = { waiting: 'border-waiting bg-waiting-wash', lawful: 'border-lawful bg-lawful-wash' };
  return <div className={`rounded-base border px-3 py-2 text-sm ${tones[tone]}`}>{children}</div>;
}

interface LoadedProps<T> {
  readonly answer: Answer<T>;
  readonly lines?: number;
  readonly children: (value: T) => ReactNode;
}

/** The states of anything that is read: loading, failing, partial (shown, but no longer fresh), there. */
export function Loaded<T>({ answer, lines, children }: LoadedProps<T>) {
  const { words, format } = useSpeech();
  if (answer.data === undefined) {
    if (answer.isError) return <Problem error={answer.error} onRetry={() => void answer.refetch()} />;
    return <Skeleton {...(lines !== undefined && { lines })} />;
  }
  return (
    <>
      {answer.isError && (
        <div className="mb-3">
          <Notice>
            {words.common.stale(format.dateTime(new Date(answer.dataUpdatedAt).toISOString()))}{' '}
            <code className="font-mono text-xs">{answer.error.code}</code>
          </Notice>
        </div>
      )}
      {children(answer.data)}
    </>
  );
}

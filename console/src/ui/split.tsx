import { useEffect, useRef, type ReactNode } from 'react';

import { useWords } from '../words/words.tsx';
import { CloseIcon } from './icons.tsx';

interface SplitProps {
  readonly children: ReactNode;
  /** What is selected; undefined shows the list alone. */
  readonly detail:
    | { readonly id: string; readonly title: ReactNode; readonly content: ReactNode }
    | undefined;
  readonly onClose: () => void;
}

/** Detail opens beside the list, not over it; where it is narrow, above it, and scrolled into view. */
export function Split({ children, detail, onClose }: SplitProps) {
  const words = useWords();
  const aside = useRef<HTMLElement>(null);
  const id = detail?.id;
  useEffect(() => {
    const top = aside.current?.getBoundingClientRect().top;
    if (id !== undefined && top !== undefined && (top < 0 || top > innerHeight))
      aside.current?.scrollIntoView({ block: 'start' });
  }, [id]);
  if (!detail) return children;
  return (
    <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1fr)_28rem]">
      <div className="min-w-0">{children}</div>
      <aside
        ref={aside}
        aria-label={words.common.detail}
        className="min-w-0 scroll-mt-14 rounded-base border border-line bg-raised max-xl:order-first"
      >
        <header className="flex items-start justify-between gap-3 border-b border-line px-4 py-2.5">
          <h2 className="min-w-0 text-base font-semibold break-words">{detail.title}</h2>
          <button
            type="button"
            onClick={onClose}
            aria-label={words.common.close}
            className="rounded-base p-1 text-soft hover:bg-sunken hover:text-ink"
          >
            <CloseIcon />
          </button>
        </header>
        {detail.content}
      </aside>
    </div>
  );
}

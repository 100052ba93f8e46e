import { lazy, Suspense, useEffect, useState } from 'react';

import { SearchIcon } from '../ui/icons.tsx';
import { useWords } from '../words/words.tsx';

/** A tenth of the page's weight, fetched after the page is there. */
const fetchDialog = () => import('./search-dialog.tsx');
const SearchDialog = lazy(async () => ({ default: (await fetchDialog()).SearchDialog }));

/** ⌘K or Ctrl+K: every screen, site and model by name, and a receipt by its id. */
export function SearchPalette() {
  const words = useWords();
  const [open, setOpen] = useState(false);
  useEffect(() => void fetchDialog(), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((before) => !before);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => setOpen(true)}
        className="inline-flex min-h-8 min-w-8 items-center justify-center gap-2 rounded-base text-sm text-soft hover:text-ink sm:border sm:border-line-strong sm:bg-raised sm:px-2"
      >
        <SearchIcon />
        <span className="max-md:sr-only">{words.frame.search}</span>
        <kbd className="font-mono text-xs max-md:hidden">
          {/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}
        </kbd>
      </button>
      <Suspense>{open && <SearchDialog onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}

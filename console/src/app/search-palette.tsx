import { Dialog } from '@base-ui/react/dialog';
import { lazy, Suspense, useEffect, useState } from 'react';

import { SearchIcon } from '../ui/icons.tsx';
import { useWords } from '../words/words.tsx';

/** A tenth of the page's weight, fetched after the page is there. */
const fetchBox = () => import('./search-box.tsx');
const SearchBox = lazy(async () => ({ default: (await fetchBox()).SearchBox }));

/** ⌘K or Ctrl+K: every screen, site and model by name, and a receipt by its id. */
export function SearchPalette() {
  const words = useWords();
  const [open, setOpen] = useState(false);
  useEffect(() => void fetchBox(), []);
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
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="inline-flex min-h-8 min-w-8 items-center justify-center gap-2 rounded-base text-sm text-soft hover:text-ink sm:border sm:border-line-strong sm:bg-raised sm:px-2">
        <SearchIcon />
        <span className="max-md:sr-only">{words.frame.search}</span>
        <kbd className="font-mono text-xs max-md:hidden">
          {/Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘K' : 'Ctrl K'}
        </kbd>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-veil" />
        <Dialog.Popup
          aria-label={words.frame.search}
          className="fixed top-[12vh] left-1/2 z-50 flex max-h-[70vh] w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 flex-col overflow-hidden rounded-base border border-line bg-raised shadow-lift outline-none"
        >
          <Suspense>
            <SearchBox onClose={() => setOpen(false)} />
          </Suspense>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

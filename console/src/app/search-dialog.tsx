import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { modelsOperations, sitesOperations } from '@kulning/sdk';
import { useRouter } from '@tanstack/react-router';
import { useState } from 'react';

import { useWords } from '../words/words.tsx';
import { useOperation } from './api.tsx';
import { siteName } from './names.ts';
import { sections } from './navigation.ts';
import { useMay } from './session.tsx';

interface Hit {
  readonly value: string;
  readonly label: string;
  readonly kind: string;
  readonly href: string;
}

/** What a receipt's id looks like: the id of its call. */
const receiptId = /^call_[0-9a-z-]{8,}$/i;

export function SearchDialog({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-veil" />
        <Dialog.Popup
          aria-label={words.frame.search}
          className="fixed top-[12vh] left-1/2 z-50 flex max-h-[70vh] w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 flex-col overflow-hidden rounded-base border border-line bg-raised shadow-lift outline-none"
        >
          <SearchBox onClose={onClose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function SearchBox({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  const router = useRouter();
  const [text, setText] = useState('');
  const hits = useHits(text.trim());
  const go = (hit: Hit) => {
    onClose();
    void router.navigate({ href: hit.href });
  };
  return (
    <Autocomplete.Root
      open
      inline
      items={hits}
      value={text}
      onValueChange={setText}
      autoHighlight="always"
      itemToStringValue={(hit: Hit) => `${hit.label} ${hit.kind}`}
    >
      <Autocomplete.Input
        autoFocus
        aria-label={words.frame.search}
        placeholder={words.frame.searchHint}
        className="h-12 border-b border-line bg-transparent px-4 text-base outline-none"
      />
      <Autocomplete.Empty>
        <p className="p-4 text-sm text-soft empty:hidden">{words.frame.searchNothing}</p>
      </Autocomplete.Empty>
      <Autocomplete.List className="overflow-y-auto p-1">
        {(hit: Hit) => (
          <Autocomplete.Item
            key={hit.value}
            value={hit}
            onClick={() => go(hit)}
            className="flex min-h-9 cursor-pointer items-center justify-between gap-4 rounded-[4px] px-3 text-sm outline-none data-highlighted:bg-sunken"
          >
            <span className="min-w-0 truncate">{hit.label}</span>
            <span className="shrink-0 text-xs text-soft">{hit.kind}</span>
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

function useHits(text: string): readonly Hit[] {
  const words = useWords();
  const may = useMay();
  const sites = useOperation(sitesOperations.list, undefined, { enabled: may('sites:read') });
  const models = useOperation(modelsOperations.list, undefined, { enabled: may('models:read') });
  const screens = sections.flatMap((section) =>
    section.pages.map(({ path, name }): Hit => ({
      value: path,
      label: words.pages[name],
      kind: words.nav[section.name],
      href: path,
    })),
  );
  const receipt: Hit[] = receiptId.test(text)
    ? [
        {
          value: text,
          label: text,
          kind: words.pages.receipts,
          href: `/proof/receipts?receipt=${encodeURIComponent(text)}`,
        },
      ]
    : [];
  return [
    ...receipt,
    ...screens,
    ...(sites.data?.items ?? []).map(({ id, name, place }): Hit => ({
      value: id,
      label: [siteName(name, words), place].join(' · '),
      kind: words.nav.sites,
      href: `/sites?site=${encodeURIComponent(id)}`,
    })),
    ...(models.data?.items ?? []).map(({ id, name }): Hit => ({
      value: id,
      label: name,
      kind: words.nav.models,
      href: `/models?model=${encodeURIComponent(name)}`,
    })),
  ];
}

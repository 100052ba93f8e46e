import { Dialog } from '@base-ui/react/dialog';

import { CloseIcon } from '../ui/icons.tsx';
import { useWords } from '../words/words.tsx';
import { NavigationList } from './navigation-list.tsx';
import { OrganisationSwitcher } from './organisation-switcher.tsx';

/** The sections on narrow screens; fetched when it is first opened. */
export function NavigationDrawer({ onClose }: { readonly onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-veil" />
        <Dialog.Popup className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col overflow-y-auto border-r border-line bg-sunken shadow-lift outline-none">
          <Dialog.Title className="sr-only">{words.frame.navigation}</Dialog.Title>
          <div className="flex items-center justify-end px-2 pt-2">
            <Dialog.Close
              aria-label={words.common.close}
              className="rounded-base p-2 text-soft hover:bg-ground"
            >
              <CloseIcon />
            </Dialog.Close>
          </div>
          <OrganisationSwitcher />
          <NavigationList />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

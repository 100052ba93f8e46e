import { Dialog } from '@base-ui/react/dialog';
import { Link, useLocation } from '@tanstack/react-router';

import { CloseIcon } from '../ui/icons.tsx';
import { useWords } from '../words/words.tsx';
import { pageOf, sectionOf, sections } from './navigation.ts';
import { OrganisationSwitcher } from './organisation-switcher.tsx';

const row = 'flex min-h-8 items-center rounded-base px-2 text-sm hover:bg-ground';

/** A link is current only on its own page, whatever that page's filters are. */
const exact = { exact: true, includeSearch: false } as const;

/** The eight sections; the one that is open shows its pages, if it has more than one. */
export function NavigationList() {
  const words = useWords();
  const { pathname } = useLocation();
  const section = sectionOf(pathname);
  const page = pageOf(pathname);
  return (
    <nav aria-label={words.frame.navigation} className="px-2 py-2">
      <ul className="flex flex-col gap-0.5">
        {sections.map((candidate) => {
          const here = candidate === section;
          const single = candidate.pages.length === 1;
          return (
            <li key={candidate.name}>
              <Link
                to={candidate.pages[0].path}
                activeOptions={exact}
                className={`${row} font-medium ${here ? 'text-accent' : 'text-ink'} ${here && single ? 'bg-raised' : ''}`}
              >
                {words.nav[candidate.name]}
              </Link>
              {here && !single && (
                <ul className="mt-0.5 mb-1 ml-3 flex flex-col gap-0.5 border-l border-line pl-1">
                  {candidate.pages.map(({ path, name }) => (
                    <li key={path}>
                      <Link
                        to={path}
                        activeOptions={exact}
                        className={`${row} ${page?.path === path ? 'bg-raised font-medium text-ink' : 'text-soft'}`}
                      >
                        {words.pages[name]}
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** The same list on narrow screens. */
export function NavigationDrawer({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const words = useWords();
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
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

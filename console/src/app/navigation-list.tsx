import { Link, useLocation } from '@tanstack/react-router';

import { useWords } from '../words/words.tsx';
import { pageOf, sectionOf, sections } from './navigation.ts';

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

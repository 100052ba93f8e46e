import { identityOperations } from '@kulning/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';

import { chooseTheme, useTheme } from '../theme/theme.ts';
import { buttonClass } from '../ui/button.tsx';
import { Hint } from '../ui/hint.tsx';
import { MenuIcon, MoonIcon, PauseIcon, PersonIcon, SunIcon } from '../ui/icons.tsx';
import { Menu } from '../ui/menu.tsx';
import { languages, type Language } from '../words/format.ts';
import { useSpeech, useWords } from '../words/words.tsx';
import { useAct } from './api.tsx';
import { pageOf, sectionOf } from './navigation.ts';
import { SearchPalette } from './search-palette.tsx';
import { useSession } from './session.tsx';

const square = buttonClass('quiet', 'min-w-8 px-1.5');

export function TopBar({ onMenu }: { readonly onMenu: () => void }) {
  const words = useWords();
  return (
    <header className="sticky top-0 z-30 flex min-h-12 items-center gap-1 border-b border-line bg-ground px-2 sm:px-4">
      <button
        type="button"
        onClick={onMenu}
        aria-label={words.frame.openNavigation}
        className={`${square} lg:hidden`}
      >
        <MenuIcon />
      </button>
      <Breadcrumb />
      <span className="ml-auto flex items-center gap-1">
        <SearchPalette />
        <PauseAgents />
        <LanguageMenu />
        <ThemeButton />
        <AccountMenu />
      </span>
    </header>
  );
}

function Breadcrumb() {
  const words = useWords();
  const { pathname } = useLocation();
  const section = sectionOf(pathname);
  const page = pageOf(pathname);
  if (!section || !page) return null;
  return (
    <nav aria-label={words.frame.breadcrumb} className="min-w-0 px-1 max-sm:hidden">
      <ol className="flex min-w-0 items-center gap-1.5 text-sm whitespace-nowrap">
        {words.nav[section.name] !== words.pages[page.name] && section.pages.length > 1 && (
          <li className="text-soft">
            <Link to={section.pages[0].path} className="hover:text-ink">
              {words.nav[section.name]}
            </Link>
            <span aria-hidden="true" className="pl-1.5">
              /
            </span>
          </li>
        )}
        <li aria-current="page" className="truncate font-medium">
          {words.pages[page.name]}
        </li>
      </ol>
    </nav>
  );
}

/** This version runs no agents: the place of the red button says so instead of pretending. */
function PauseAgents() {
  const words = useWords();
  return (
    <Hint label={`${words.frame.pause}. ${words.frame.pauseNone}`} content={words.frame.pauseNone}>
      <span
        aria-hidden="true"
        className="inline-flex min-h-8 items-center gap-1.5 rounded-base border border-dashed border-line-strong px-2 text-sm whitespace-nowrap text-soft"
      >
        <PauseIcon />
        <span className="max-xl:hidden">{words.frame.pause}</span>
      </span>
    </Hint>
  );
}

export function LanguageMenu() {
  const { words, language, setLanguage } = useSpeech();
  return (
    <Menu
      label={`${words.frame.language}: ${language.toUpperCase()}`}
      triggerClass={square}
      trigger={<span className="font-mono text-xs">{language.toUpperCase()}</span>}
      entries={[
        {
          id: 'languages',
          kind: 'choices',
          label: words.frame.language,
          value: language,
          onChoose: (id) => setLanguage(id as Language),
          choices: languages.map(({ id, name }) => ({ value: id, label: <span lang={id}>{name}</span> })),
        },
      ]}
    />
  );
}

export function ThemeButton() {
  const words = useWords();
  const theme = useTheme();
  return (
    <button
      type="button"
      onClick={() => chooseTheme(theme === 'dark' ? 'light' : 'dark')}
      aria-label={theme === 'dark' ? words.frame.toLight : words.frame.toDark}
      className={square}
    >
      {theme === 'dark' ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}

function AccountMenu() {
  const words = useWords();
  const session = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const act = useAct(identityOperations.logout);
  const leave = () =>
    act.mutate(undefined, {
      onSuccess: () => {
        queries.clear();
        void navigate({ to: '/login', search: {} });
      },
    });
  const who = session.user ? (
    <>
      <span className="block font-medium text-ink">{session.user.name}</span>
      <span className="block break-all">{session.user.email}</span>
    </>
  ) : (
    words.frame.byKey
  );
  return (
    <Menu
      label={words.frame.account}
      triggerClass={square}
      trigger={<PersonIcon />}
      entries={[
        { id: 'who', kind: 'note', text: who },
        {
          id: 'do',
          kind: 'actions',
          actions: [
            {
              label: words.pages.appearance,
              onSelect: () => void navigate({ to: '/settings/appearance' }),
            },
            { label: words.frame.signOut, onSelect: leave },
          ],
        },
      ]}
    />
  );
}

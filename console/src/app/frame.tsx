import { identityOperations, instanceOperations } from '@kulning/sdk';
import { Outlet, useLocation, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';

import { Outside } from './outside.tsx';
import { Problem, Skeleton } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';
import { useOperation } from './api.tsx';
import { NavigationList } from './navigation-list.tsx';
import { OrganisationSwitcher } from './organisation-switcher.tsx';
import { SessionProvider } from './session.tsx';
import { TopBar } from './top-bar.tsx';
import { WhereSentence } from './where-sentence.tsx';

/** How soon a page that is only looked at finds out that Kulning is gone. */
const heartbeatMs = 10_000;

const NavigationDrawer = lazy(async () => ({
  default: (await import('./navigation-drawer.tsx')).NavigationDrawer,
}));

/** The signed-in part. A stranger is sent to sign in, and back afterwards to where they wanted to be. */
export function Frame() {
  const words = useWords();
  const { pathname } = useLocation();
  const session = useOperation(identityOperations.me, undefined);
  const instance = useOperation(instanceOperations.status, undefined, { refetchMs: heartbeatMs });
  const [drawer, setDrawer] = useState(false);
  const main = useRef<HTMLElement>(null);
  useEffect(() => setDrawer(false), [pathname]);

  if (instance.data?.claimed === false) return <Unclaimed />;
  if (session.isError && session.error.status === 401 && !instance.isPending) return <ToLogin />;
  if (session.isError && !session.data)
    return (
      <Outside title={words.outside.unreachable}>
        <Problem error={session.error} onRetry={() => void session.refetch()} />
      </Outside>
    );
  if (!session.data) return <Skeleton lines={3} className="mx-auto max-w-xl pt-24" />;
  return (
    <SessionProvider session={session.data}>
      <a
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
        className="sr-only z-50 rounded-base bg-accent px-3 py-2 text-sm font-medium text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {words.frame.skip}
      </a>
      <div className="min-h-dvh lg:grid lg:grid-cols-[13.5rem_minmax(0,1fr)]">
        <aside className="hidden border-r border-line bg-sunken lg:block">
          <div className="sticky top-0 flex h-dvh flex-col overflow-y-auto">
            <OrganisationSwitcher />
            <NavigationList />
            <p className="mt-auto px-4 py-3 text-xs text-soft">
              {instance.data && words.frame.version(instance.data.version)}
            </p>
          </div>
        </aside>
        <Suspense>{drawer && <NavigationDrawer onClose={() => setDrawer(false)} />}</Suspense>
        <div className="flex min-w-0 flex-col">
          <TopBar onMenu={() => setDrawer(true)} />
          <Reach lost={instance.isError} />
          {pathname !== '/' && <WhereSentence />}
          <main ref={main} id="main" tabIndex={-1} className="flex-1 outline-none">
            <Outlet />
          </main>
        </div>
      </div>
    </SessionProvider>
  );
}

/** Says that nothing comes any more, before a person clicks and wonders; and goes away by itself. */
function Reach({ lost }: { readonly lost: boolean }) {
  const words = useWords();
  return (
    <div role="status">
      {lost && (
        <p className="border-b border-waiting bg-waiting-wash px-4 py-2 text-sm sm:px-6">
          {words.frame.unreachable}
        </p>
      )}
    </div>
  );
}

function Unclaimed() {
  const words = useWords();
  return (
    <Outside title={words.outside.unclaimed}>
      <p>{words.outside.unclaimedLead}</p>
    </Outside>
  );
}

/** Leaves once, with the address as it was then: this frame stays while the next screen is fetched. */
function ToLogin() {
  const router = useRouter();
  useEffect(() => {
    const { href } = router.state.location;
    void router.navigate({ to: '/login', search: href === '/' ? {} : { next: href }, replace: true });
  }, [router]);
  return <Skeleton lines={3} className="mx-auto max-w-xl pt-24" />;
}

import { callOutcomes, dataClassSchema, usageDimensions } from '@kulning/sdk';
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { z } from 'zod';

import { usageRanges } from '../usage/usage-range.ts';
import { Frame } from './frame.tsx';
import { Missing, RouteFailure } from './outside.tsx';

interface RouterContext {
  readonly queries: QueryClient;
}

const text = z.string().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
/** `sort` is a column, `down` its direction: both in the address, as is every other state of a screen. */
const sorted = { sort: text, down: flag };

const root = createRootRouteWithContext<RouterContext>()({ component: Outlet, notFoundComponent: Missing });

const claim = createRoute({
  getParentRoute: () => root,
  path: '/claim',
  component: lazyRouteComponent(() => import('../identity/claim-screen.tsx'), 'ClaimScreen'),
});
const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: z.object({ next: text }),
  component: lazyRouteComponent(() => import('../identity/login-screen.tsx'), 'LoginScreen'),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Frame,
  errorComponent: RouteFailure,
});

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  validateSearch: z.object({ site: text, ...sorted }),
  component: lazyRouteComponent(() => import('../home/home-screen.tsx'), 'HomeScreen'),
});
const agents = createRoute({
  getParentRoute: () => inside,
  path: '/agents',
  component: lazyRouteComponent(() => import('../home/later-screens.tsx'), 'AgentsScreen'),
});
const jobs = createRoute({
  getParentRoute: () => inside,
  path: '/jobs',
  component: lazyRouteComponent(() => import('../home/later-screens.tsx'), 'JobsScreen'),
});

const models = createRoute({
  getParentRoute: () => inside,
  path: '/models',
  validateSearch: z.object({ model: text, add: flag, ...sorted }),
  component: lazyRouteComponent(() => import('../models/models-screen.tsx'), 'ModelsScreen'),
});
const playground = createRoute({
  getParentRoute: () => inside,
  path: '/models/playground',
  validateSearch: z.object({
    model: text,
    mail: text,
    class: dataClassSchema.or(z.literal('none')).optional().catch(undefined),
  }),
  component: lazyRouteComponent(() => import('../playground/playground-screen.tsx'), 'PlaygroundScreen'),
});

const catalogue = createRoute({
  getParentRoute: () => inside,
  path: '/models/catalogue',
  validateSearch: z.object({ model: text, ...sorted }),
  component: lazyRouteComponent(() => import('../models/catalogue-screen.tsx'), 'CatalogueScreen'),
});

const batches = createRoute({
  getParentRoute: () => inside,
  path: '/models/batches',
  validateSearch: z.object({ batch: text, ...sorted }),
  component: lazyRouteComponent(() => import('../batches/batches-screen.tsx'), 'BatchesScreen'),
});

const inRange = {
  range: z.enum(usageRanges).optional().catch(undefined),
  from: text,
  to: text,
  model: text,
  key: text,
};
const usage = createRoute({
  getParentRoute: () => inside,
  path: '/models/usage',
  validateSearch: z.object({
    ...inRange,
    view: z.enum(['calls', 'cost', 'carbon', 'latency']).optional().catch(undefined),
    by: z.enum(usageDimensions).optional().catch(undefined),
    site: text,
    ...sorted,
  }),
  component: lazyRouteComponent(() => import('../usage/usage-screen.tsx'), 'UsageScreen'),
});
const live = createRoute({
  getParentRoute: () => inside,
  path: '/models/live',
  validateSearch: z.object({
    outcome: z.enum(callOutcomes).optional().catch(undefined),
    model: text,
    key: text,
  }),
  component: lazyRouteComponent(() => import('../usage/live-screen.tsx'), 'LiveScreen'),
});
const refusals = createRoute({
  getParentRoute: () => inside,
  path: '/models/refusals',
  validateSearch: z.object({ ...inRange, ...sorted }),
  component: lazyRouteComponent(() => import('../usage/refusals-screen.tsx'), 'RefusalsScreen'),
});

const sites = createRoute({
  getParentRoute: () => inside,
  path: '/sites',
  validateSearch: z.object({ site: text, edit: flag, add: flag, ...sorted }),
  component: lazyRouteComponent(() => import('../sites/sites-screen.tsx'), 'SitesScreen'),
});

const placement = createRoute({
  getParentRoute: () => inside,
  path: '/placement',
  validateSearch: z.object({
    tab: z.enum(['rules', 'tester', 'versions', 'cedar']).optional().catch(undefined),
    tag: z.enum(['law', 'licence', 'contract', 'house']).optional().catch(undefined),
    model: text,
    class: dataClassSchema.optional().catch(undefined),
    purpose: text,
    demonstration: flag,
    at: text,
    version: text,
  }),
  component: lazyRouteComponent(() => import('../placement/policy-screen.tsx'), 'PolicyScreen'),
});

const guardrails = createRoute({
  getParentRoute: () => inside,
  path: '/placement/guardrails',
  validateSearch: z.object({ key: text }),
  component: lazyRouteComponent(() => import('../guardrails/guardrails-screen.tsx'), 'GuardrailsScreen'),
});
const cache = createRoute({
  getParentRoute: () => inside,
  path: '/models/cache',
  component: lazyRouteComponent(() => import('../cache/cache-screen.tsx'), 'CacheScreen'),
});
const templates = createRoute({
  getParentRoute: () => inside,
  path: '/models/templates',
  validateSearch: z.object({ prompt: text, version: text, add: flag, ...sorted }),
  component: lazyRouteComponent(() => import('../prompts/prompts-screen.tsx'), 'PromptsScreen'),
});

const proof = createRoute({
  getParentRoute: () => inside,
  path: '/proof',
  beforeLoad: () => redirect({ to: '/proof/receipts', throw: true }),
});
const receipts = createRoute({
  getParentRoute: () => inside,
  path: '/proof/receipts',
  validateSearch: z.object({
    outcome: z.enum(callOutcomes).optional().catch(undefined),
    class: dataClassSchema.optional().catch(undefined),
    site: text,
    from: text,
    to: text,
    receipt: text,
    ...sorted,
  }),
  component: lazyRouteComponent(() => import('../proof/receipts-screen.tsx'), 'ReceiptsScreen'),
});
const person = createRoute({
  getParentRoute: () => inside,
  path: '/proof/person',
  validateSearch: z.object({ erasure: text }),
  component: lazyRouteComponent(() => import('../proof/person-screen.tsx'), 'PersonScreen'),
});
const where = createRoute({
  getParentRoute: () => inside,
  path: '/proof/where',
  component: lazyRouteComponent(() => import('../proof/where-screen.tsx'), 'WhereScreen'),
});
const ledger = createRoute({
  getParentRoute: () => inside,
  path: '/proof/ledger',
  component: lazyRouteComponent(() => import('../proof/ledger-screen.tsx'), 'LedgerScreen'),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  beforeLoad: () => redirect({ to: '/settings/organisation', throw: true }),
});
const organisation = createRoute({
  getParentRoute: () => inside,
  path: '/settings/organisation',
  component: lazyRouteComponent(() => import('../settings/organisation-screen.tsx'), 'OrganisationScreen'),
});
const members = createRoute({
  getParentRoute: () => inside,
  path: '/settings/members',
  validateSearch: z.object({ add: flag, ...sorted }),
  component: lazyRouteComponent(() => import('../settings/members-screen.tsx'), 'MembersScreen'),
});
const keys = createRoute({
  getParentRoute: () => inside,
  path: '/settings/keys',
  validateSearch: z.object({ add: flag, ...sorted }),
  component: lazyRouteComponent(() => import('../settings/keys-screen.tsx'), 'KeysScreen'),
});
const clients = createRoute({
  getParentRoute: () => inside,
  path: '/settings/clients',
  validateSearch: z.object({ add: flag, ...sorted }),
  component: lazyRouteComponent(() => import('../settings/clients-screen.tsx'), 'ClientsScreen'),
});
const limits = createRoute({
  getParentRoute: () => inside,
  path: '/settings/limits',
  validateSearch: z.object({ scope: text, ...sorted }),
  component: lazyRouteComponent(() => import('../settings/limits-screen.tsx'), 'LimitsScreen'),
});
const billing = createRoute({
  getParentRoute: () => inside,
  path: '/settings/billing',
  validateSearch: z.object({ month: text, price: flag, ...sorted }),
  component: lazyRouteComponent(() => import('../settings/billing-screen.tsx'), 'BillingScreen'),
});
const appearance = createRoute({
  getParentRoute: () => inside,
  path: '/settings/appearance',
  component: lazyRouteComponent(() => import('../settings/appearance-screen.tsx'), 'AppearanceScreen'),
});

const tree = root.addChildren([
  claim,
  login,
  inside.addChildren([
    home,
    agents,
    jobs,
    models,
    catalogue,
    playground,
    batches,
    usage,
    live,
    refusals,
    sites,
    placement,
    guardrails,
    cache,
    templates,
    proof,
    receipts,
    person,
    where,
    ledger,
    settings,
    organisation,
    members,
    keys,
    clients,
    limits,
    billing,
    appearance,
  ]),
]);

export function createConsoleRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultErrorComponent: RouteFailure,
  });
}

/**
 * Fetches the other screens once the first one stands: the next click is answered at once, and a Kulning that stops
 * meanwhile leaves the reader a screen that says so instead of the browser's own error page.
 */
export function fetchScreens({ routesById, loadRouteChunk }: ConsoleRouter): void {
  for (const route of Object.values(routesById)) void loadRouteChunk(route);
}

type ConsoleRouter = ReturnType<typeof createConsoleRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: ConsoleRouter;
  }
}

import type { Words } from '../words/en.ts';

/** A place in the console; `words.nav` and `words.pages` have its name. */
export interface Page {
  readonly path:
    | '/'
    | '/agents'
    | '/models'
    | '/models/catalogue'
    | '/models/playground'
    | '/models/batches'
    | '/models/usage'
    | '/models/live'
    | '/models/refusals'
    | '/jobs'
    | '/sites'
    | '/placement'
    | '/placement/guardrails'
    | '/models/templates'
    | '/models/cache'
    | '/proof/receipts'
    | '/proof/person'
    | '/proof/where'
    | '/proof/ledger'
    | '/settings/organisation'
    | '/settings/members'
    | '/settings/keys'
    | '/settings/clients'
    | '/settings/limits'
    | '/settings/billing'
    | '/settings/appearance';
  readonly name: keyof Words['pages'];
}

export interface Section {
  readonly name: keyof Words['nav'];
  /** What its addresses begin with. */
  readonly root: string;
  readonly pages: readonly [Page, ...Page[]];
}

/** Eight sections, in the order of CONSOLE.md. A section with one page has no submenu. */
export const sections: readonly Section[] = [
  { name: 'home', root: '/', pages: [{ path: '/', name: 'home' }] },
  { name: 'agents', root: '/agents', pages: [{ path: '/agents', name: 'agents' }] },
  {
    name: 'models',
    root: '/models',
    pages: [
      { path: '/models', name: 'models' },
      { path: '/models/catalogue', name: 'catalogue' },
      { path: '/models/playground', name: 'playground' },
      { path: '/models/templates', name: 'templates' },
      { path: '/models/cache', name: 'cache' },
      { path: '/models/batches', name: 'batches' },
      { path: '/models/usage', name: 'usage' },
      { path: '/models/live', name: 'live' },
      { path: '/models/refusals', name: 'refusals' },
    ],
  },
  { name: 'jobs', root: '/jobs', pages: [{ path: '/jobs', name: 'jobs' }] },
  { name: 'sites', root: '/sites', pages: [{ path: '/sites', name: 'sites' }] },
  {
    name: 'placement',
    root: '/placement',
    pages: [
      { path: '/placement', name: 'policy' },
      { path: '/placement/guardrails', name: 'guardrails' },
    ],
  },
  {
    name: 'proof',
    root: '/proof',
    pages: [
      { path: '/proof/receipts', name: 'receipts' },
      { path: '/proof/person', name: 'person' },
      { path: '/proof/where', name: 'where' },
      { path: '/proof/ledger', name: 'ledger' },
    ],
  },
  {
    name: 'settings',
    root: '/settings',
    pages: [
      { path: '/settings/organisation', name: 'organisation' },
      { path: '/settings/members', name: 'members' },
      { path: '/settings/keys', name: 'keys' },
      { path: '/settings/clients', name: 'clients' },
      { path: '/settings/limits', name: 'limits' },
      { path: '/settings/billing', name: 'billing' },
      { path: '/settings/appearance', name: 'appearance' },
    ],
  },
];

export function sectionOf(path: string): Section | undefined {
  return sections.find(({ root }) =>
    root === '/' ? path === '/' : path === root || path.startsWith(`${root}/`),
  );
}

/** The page an address belongs to: the longest one that it begins with. */
export function pageOf(path: string): Page | undefined {
  return sectionOf(path)
    ?.pages.filter((page) => path === page.path || path.startsWith(`${page.path}/`))
    .toSorted((left, right) => right.path.length - left.path.length)[0];
}

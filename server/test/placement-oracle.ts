import type {
  CallInputs,
  DeploymentFacts,
  Fact,
  PlacementFacts,
  PlacementRequest,
  SiteFacts,
} from '../src/core/placement/facts.ts';

/**
 * What the rules mean, written a second time from their words in docs/policy.md and placement-policies.ts, by hand and
 * without Cedar, the policy or the core: only type names are shared. Where this and the product differ, one is wrong.
 */
export interface OracleAnswer {
  /** Deployments of the model that the policy allows. */
  readonly permitted: ReadonlySet<string>;
  /** Those of them that can take the call now. */
  readonly possible: ReadonlySet<string>;
  /** Whether the way in, the handling, the storage and the backups are allowed. */
  readonly wayIn: boolean;
}

/** @param policy the ids of the rules in force */
export function askOracle(
  policy: ReadonlySet<string>,
  request: PlacementRequest,
  facts: PlacementFacts,
  inputs: CallInputs,
): OracleAnswer {
  const worker = request.workerSiteId === undefined ? request.ingressSiteId : request.workerSiteId;
  const shared = [request.ingressSiteId, worker, ...request.storageSiteIds, ...request.backupSiteIds];
  const allowed = (siteId: string, deployment?: DeploymentFacts) => {
    const site = facts.sites.find(({ id }) => id === siteId);
    // A place of which nothing is known is refused by every policy.
    if (site === undefined) return false;
    const question: Question = { site, request, now: inputs.now, deployment };
    for (const [id, refuses] of refusals) if (policy.has(id) && refuses(question)) return false;
    for (const [id, permits] of permissions) if (policy.has(id) && permits(question)) return true;
    return false;
  };
  const wayIn = shared.every((siteId) => allowed(siteId));
  const permitted = new Set<string>();
  const possible = new Set<string>();
  for (const deployment of facts.deployments) {
    if (deployment.model !== request.model || !wayIn || !allowed(deployment.siteId, deployment)) continue;
    permitted.add(deployment.id);
    if (canTake(deployment, request, inputs)) possible.add(deployment.id);
  }
  return { permitted, possible, wayIn };
}

interface Question {
  readonly site: SiteFacts;
  readonly request: PlacementRequest;
  readonly now: number;
  /** At the engine only. */
  readonly deployment: DeploymentFacts | undefined;
}

const passed = (date: string, now: number) => new Date(date).getTime() <= now;
const over = (fact: Fact<unknown> | undefined, now: number) =>
  fact?.validUntil !== undefined && passed(fact.validUntil, now);
/** What is still known: said, and not out of date. */
const known = <T>(fact: Fact<T> | undefined, now: number): T | undefined =>
  over(fact, now) ? undefined : fact?.value;
const isPublic = ({ request }: Question) => request.dataClass === 'public';
const isPersonal = ({ request }: Question) =>
  request.dataClass === 'personal' || request.dataClass === 'special';
const holds = (certificates: SiteFacts['certifications'], name: string, now: number) =>
  certificates.some((certificate) => certificate.value === name && !over(certificate, now));

/** "Public data may be …", and so on: each class has its rule. */
const permissions: readonly (readonly [string, (question: Question) => boolean])[] = [
  ['public-work', isPublic],
  ['internal-work', ({ request }) => request.dataClass === 'internal'],
  ['personal-work', ({ request }) => request.dataClass === 'personal'],
  ['special-work', ({ request }) => request.dataClass === 'special'],
];

const refusals: readonly (readonly [string, (question: Question) => boolean])[] = [
  ['unclassified', ({ request }) => request.dataClass === undefined],
  // An opening date that is out of date opens nothing; a closed site is closed, whether it ever opened or not.
  [
    'not-open-yet',
    ({ site: { opensAt, closesAt }, now }) => {
      if (opensAt === undefined || (closesAt !== undefined && passed(closesAt.value, now))) return false;
      return !passed(opensAt.value, now) || over(opensAt, now);
    },
  ],
  ['closed', ({ site, now }) => site.closesAt !== undefined && passed(site.closesAt.value, now)],
  [
    'simulated',
    (question) => {
      const { site, request } = question;
      return (
        site.simulated && !isPublic(question) && !request.demonstration && !request.organisation.demonstration
      );
    },
  ],
  ['machine-unclaimed', (question) => question.site.unclaimed && !isPublic(question)],
  [
    'country-unknown',
    (question) => !isPublic(question) && known(question.site.country, question.now) === undefined,
  ],
  [
    'operator-unknown',
    (question) => !isPublic(question) && known(question.site.operator, question.now) === undefined,
  ],
  [
    'parent-unknown',
    (question) => !isPublic(question) && known(question.site.parent, question.now) === undefined,
  ],
  [
    'fact-expired',
    (question) => {
      const { site, now } = question;
      return (
        !isPublic(question) && [site.country, site.operator, site.parent].some((fact) => over(fact, now))
      );
    },
  ],
  // None may have run out without renewal.
  [
    'certification-expired',
    (question) => {
      const { certifications } = question.site;
      return (
        isPersonal(question) &&
        certifications.some(({ value }) => !holds(certifications, value, question.now))
      );
    },
  ],
  [
    'personal-in-eea',
    (question) => isPersonal(question) && !inEea(known(question.site.country, question.now)),
  ],
  [
    'special-under-eea-parent',
    ({ request, site, now }) => request.dataClass === 'special' && !inEea(known(site.parent, now)?.country),
  ],
  [
    'licence-non-commercial',
    ({ deployment, request: { purpose } }) =>
      deployment?.licence.nonCommercial === true && purpose !== 'research' && purpose !== 'teaching',
  ],
  [
    'licence-revenue-cap',
    ({ deployment, request }) => {
      const limit = deployment?.licence.revenueCapEurPerMonth;
      const { revenueEur } = request.organisation;
      return limit !== undefined && revenueEur !== undefined && revenueEur > limit * 12;
    },
  ],
  [
    'licence-revenue-unknown',
    ({ deployment, request }) =>
      deployment?.licence.revenueCapEurPerMonth !== undefined &&
      request.organisation.revenueEur === undefined,
  ],
  // Those of placement-policies.ts.
  [
    'support-not-in-france',
    ({ site, request, now }) => request.purpose === 'support' && known(site.country, now) === 'FR',
  ],
  [
    'personal-certified',
    (question) => isPersonal(question) && !holds(question.site.certifications, 'ISO/IEC 27001', question.now),
  ],
  [
    'special-signed',
    ({ site, request }) => {
      const facts = [site.country, site.operator, site.parent];
      return (
        request.dataClass === 'special' && facts.some((fact) => fact === undefined || fact.tier === 'T0')
      );
    },
  ],
  ['no-model-at-site-1', ({ site, deployment }) => deployment !== undefined && site.slug === 'site-1'],
  ['research-for-one', ({ request }) => request.purpose === 'research' && request.organisationId !== 'org_a'],
  [
    'operator-at-home',
    ({ site, request, now }) => {
      const country = known(site.country, now);
      return (
        request.dataClass !== 'public' &&
        country !== undefined &&
        known(site.parent, now)?.country !== country
      );
    },
  ],
];

/** Of the countries that the cases use; an unknown one is not there. */
function inEea(country: string | undefined): boolean {
  switch (country) {
    case 'SE':
    case 'FR':
    case 'NO':
    case 'LI':
      return true;
    case 'US':
    case 'CH':
    case 'GB':
    case undefined:
      return false;
    default:
      throw new Error(`the oracle was not told about ${country}`);
  }
}

function canTake(deployment: DeploymentFacts, request: PlacementRequest, inputs: CallInputs): boolean {
  if (!deployment.ready) return false;
  if (inputs.breakers[deployment.id] === 'open') return false;
  const busy = inputs.inFlight[deployment.id];
  if (deployment.slots !== undefined && busy !== undefined && busy >= deployment.slots) return false;
  if (deployment.contextTokens !== undefined && request.inputTokens !== undefined) {
    // Without a limit on the answer, there must be room for one token of it.
    const answer = request.maxTokens === undefined ? 1 : request.maxTokens;
    if (request.inputTokens + answer > deployment.contextTokens) return false;
  }
  return true;
}

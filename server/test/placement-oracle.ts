import type {
  CallInputs,
  DeploymentFacts,
  PlacementFacts,
  PlacementRequest,
  SiteFacts,
} from '../src/core/placement/facts.ts';

/**
 * What the starter policy means, written a second time from its words in docs/policy.md, by hand and without the
 * policy, Cedar or the core: only type names are shared. Where this and the product differ, one of them is wrong.
 */
export interface OracleAnswer {
  /** Deployments of the model that every rule allows. */
  readonly permitted: ReadonlySet<string>;
  /** Those of them that can take the call now. */
  readonly possible: ReadonlySet<string>;
  /** Whether the way in, the handling, the storage and the backups are allowed. */
  readonly wayIn: boolean;
}

export function askOracle(
  request: PlacementRequest,
  facts: PlacementFacts,
  inputs: CallInputs,
): OracleAnswer {
  const worker = request.workerSiteId === undefined ? request.ingressSiteId : request.workerSiteId;
  const shared = [request.ingressSiteId, worker, ...request.storageSiteIds, ...request.backupSiteIds];
  const wayIn = shared.every((id) => mayTouch(siteCalled(id, facts), request, inputs.now));
  const permitted = new Set<string>();
  const possible = new Set<string>();
  for (const deployment of facts.deployments) {
    if (deployment.model !== request.model || !wayIn) continue;
    if (!mayTouch(siteCalled(deployment.siteId, facts), request, inputs.now)) continue;
    if (!licenceAllows(deployment, request)) continue;
    permitted.add(deployment.id);
    if (canTake(deployment, request, inputs)) possible.add(deployment.id);
  }
  return { permitted, possible, wayIn };
}

function siteCalled(id: string, facts: PlacementFacts): SiteFacts | null {
  for (const site of facts.sites) if (site.id === id) return site;
  return null;
}

/** May data of this request be at this site at this moment? */
function mayTouch(site: SiteFacts | null, request: PlacementRequest, now: number): boolean {
  // A place of which nothing is known is refused, and so is work without a class.
  if (site === null) return false;
  if (request.dataClass === undefined) return false;

  // Nothing runs at a site before it opens or after it has closed. An opening date that is out of date opens nothing.
  const passed = (date: string) => new Date(date).getTime() <= now;
  if (site.opensAt !== undefined) {
    if (!passed(site.opensAt.value)) return false;
    if (site.opensAt.validUntil !== undefined && passed(site.opensAt.validUntil)) return false;
  }
  if (site.closesAt !== undefined && passed(site.closesAt.value)) return false;

  // Public data may be at every open site, simulated or not, known or not.
  if (request.dataClass === 'public') return true;

  // Simulated sites take nothing else, except for a demonstration or in a demonstration organisation.
  if (site.simulated && !request.demonstration && !request.organisation.demonstration) return false;

  // Until somebody says where the starter's machine stands, it takes public work only.
  if (site.unclaimed) return false;

  // Country, operator and parent must be known and still valid.
  for (const fact of [site.country, site.operator, site.parent]) {
    if (fact === undefined) return false;
    if (fact.validUntil !== undefined && passed(fact.validUntil)) return false;
  }
  if (request.dataClass === 'internal') return true;

  // Personal data, special or not, relies on certifications: none may have run out without renewal.
  for (const certificate of site.certifications) {
    const renewed = site.certifications.some(
      (other) =>
        other.value === certificate.value && (other.validUntil === undefined || !passed(other.validUntil)),
    );
    if (!renewed) return false;
  }

  // Personal data stays in the EU/EEA.
  if (!europeanEconomicArea(site.country?.value)) return false;

  // Special-category data also needs a parent company there.
  if (request.dataClass === 'special') return europeanEconomicArea(site.parent?.value.country);
  return true;
}

/** Of the countries that the cases use. */
function europeanEconomicArea(country: string | undefined): boolean {
  switch (country) {
    case 'SE':
    case 'FR':
    case 'NO':
    case 'LI':
      return true;
    case 'US':
    case 'CH':
    case 'GB':
      return false;
    default:
      throw new Error(`the oracle was not told about ${String(country)}`);
  }
}

function licenceAllows({ licence }: DeploymentFacts, { purpose, organisation }: PlacementRequest): boolean {
  // A non-commercial licence serves research and teaching.
  if (licence.nonCommercial === true && purpose !== 'research' && purpose !== 'teaching') return false;
  // A revenue limit shuts out who is above it, and who has not said.
  if (licence.revenueCapEurPerMonth !== undefined) {
    if (organisation.revenueEur === undefined) return false;
    if (organisation.revenueEur > licence.revenueCapEurPerMonth * 12) return false;
  }
  return true;
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

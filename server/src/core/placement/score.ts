import type { Criterion, CriterionName } from './decision.ts';
import type { CallInputs, DeploymentFacts, Figure, Provenance, ScoreWeights, SiteFacts } from './facts.ts';
import { isValid } from './place.ts';

/** What counts as the worst: a figure there or beyond, and one that is unknown, has share 1. */
const worst = { carbon: 500, cost: 250, latency: 200, load: 1 } as const;

/** Taken for a site whose power usage effectiveness is unknown: twice what the machines draw. */
const worstPue = 2;

const units = { carbon: 'g CO₂e/kWh', cost: 'EUR/MWh', latency: 'ms', load: 'of slots in use' } as const;

/** From best to worst known; a figure made from several is as good as the worst of them. */
const provenances: readonly Provenance[] = ['measured', 'apportioned', 'modelled', 'declared', 'unknown'];

interface Known {
  readonly value?: number;
  readonly provenance: Provenance;
}

/**
 * Each criterion on a fixed scale, 0 best and 1 worst, so that adding a candidate never reorders the others.
 * Unknown is never zero: it counts as the worst. Carbon and cost are of the machine's own draw, times the PUE.
 */
export function criteriaOf(
  deployment: DeploymentFacts,
  site: SiteFacts,
  inputs: CallInputs,
  weights: ScoreWeights,
): Criterion[] {
  const known = (figure: Figure | undefined): Known =>
    figure && figure.provenance !== 'unknown' && isValid(figure, inputs.now)
      ? figure
      : { provenance: 'unknown' };
  const pue = known(site.pue);
  const figures: Record<CriterionName, Known> = {
    carbon: timesPue(known(site.gramsCo2PerKwh), pue),
    cost: timesPue(known(site.eurPerMwh), pue),
    latency: known(site.roundTripMs),
    load: loadOf(deployment, inputs),
  };
  return (Object.keys(figures) as CriterionName[]).map((name) => {
    const { value, provenance } = figures[name];
    const weight = weights[name];
    const unit = units[name];
    // Written out twice: spreading an optional member costs more than all the rest of a decision.
    if (value === undefined) return { name, weight, unit, provenance, share: 1 };
    return { name, weight, value, unit, provenance, share: Math.min(1, Math.max(0, value / worst[name])) };
  });
}

/**
 * Share of its slots in use. One's own calls are known to the moment; what the engine said counts everybody's and is a
 * second or two old: the larger counts. Without slots, the share of its cache in use says as much.
 */
export function loadOf({ id, slots }: DeploymentFacts, { inFlight, signals }: CallInputs): Known {
  const said = signals?.[id];
  if (slots !== undefined && slots > 0) {
    const calls = Math.max(inFlight[id] ?? 0, said ? said.running + said.queued : 0);
    return { value: calls / slots, provenance: 'measured' };
  }
  return said?.cacheUse === undefined
    ? { provenance: 'unknown' }
    : { value: said.cacheUse, provenance: 'measured' };
}

/** Weighted mean of the shares: 0 best, 1 worst. */
export function scoreOf(criteria: readonly Criterion[]): number {
  const total = criteria.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) return 0;
  return criteria.reduce((sum, { weight, share }) => sum + weight * share, 0) / total;
}

/** FNV-1a, 32 bits, over seed and id: an order that nobody can steer and everybody can repeat. */
export function tieBreak(seed: number, id: string): number {
  let hash = (2166136261 ^ seed) >>> 0;
  for (let index = 0; index < id.length; index++)
    hash = Math.imul(hash ^ id.charCodeAt(index), 16777619) >>> 0;
  return hash;
}

function timesPue(figure: Known, pue: Known): Known {
  if (figure.value === undefined) return figure;
  const weaker = Math.max(
    provenances.indexOf(figure.provenance),
    provenances.indexOf(pue.value === undefined ? 'declared' : pue.provenance),
  );
  return { value: figure.value * (pue.value ?? worstPue), provenance: provenances[weaker] ?? 'unknown' };
}

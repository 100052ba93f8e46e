import type { Amounts } from '../../core/limits/limit.ts';
import { nanoEurOf } from '../../core/limits/price.ts';
import type { QuotaLadder } from '../../core/limits/quota-table.ts';
import type { DeploymentFacts, SiteFacts } from '../../core/placement/facts.ts';
import type { LimitedCaller, LimitedRequest, LimitRefusal } from './call-limits.ts';
import { priceAt } from './limit-facts.ts';

export interface CallEstimate {
  readonly amounts: Amounts;
}

/** Text of European languages and JSON have three to five bytes a token; counting them would cost milliseconds. */
const BYTES_PER_TOKEN = 4;
/** Reserved for an answer whose length the caller leaves open. */
const OPEN_ANSWER_TOKENS = 1_024;

/**
 * What a call may take, before it is known where it goes: by the dearest and the dirtiest deployment of its model.
 * Only what some limit counts is looked up.
 */
export function estimateCall(
  { facts, ground }: LimitedCaller,
  { model, bodyBytes, maxTokens }: LimitedRequest,
  ladder: QuotaLadder,
  at: number,
): CallEstimate | LimitRefusal {
  if (ladder.length === 0) return { amounts: [1, 0, 0, 0] };
  const tokens = { input: Math.ceil(bodyBytes / BYTES_PER_TOKEN), output: maxTokens ?? OPEN_ANSWER_TOKENS };
  const all = tokens.input + tokens.output;
  const counts = (unit: 2 | 3) => ladder.some((meter) => meter.unit === unit);
  const serving = counts(2) || counts(3) ? ground.deployments.filter((each) => each.model === model) : [];
  let [nanoEur, microgramsCo2] = [0, 0];
  for (const deployment of serving) {
    if (counts(2)) {
      const price = priceAt(facts, deployment.id, at);
      if (!price) return { code: 'price_unknown', model };
      nanoEur = Math.max(nanoEur, nanoEurOf(price, tokens));
    }
    if (counts(3)) {
      const grams = gramsPerThousandTokens(deployment, ground.sites);
      if (grams === undefined) return { code: 'carbon_unknown', model };
      microgramsCo2 = Math.max(microgramsCo2, Math.ceil(grams * all * 1_000));
    }
  }
  return { amounts: [1, all, nanoEur, microgramsCo2] };
}

/** Energy × PUE × grid carbon, as a call's own figure is made; one unknown factor makes it unknown. */
function gramsPerThousandTokens(
  { wattHoursPerThousandTokens: energy, siteId }: DeploymentFacts,
  sites: readonly SiteFacts[],
): number | undefined {
  const { pue, gramsCo2PerKwh: grid } = sites.find(({ id }) => id === siteId) ?? {};
  if (!energy || !pue || !grid) return undefined;
  if ([energy, pue, grid].some(({ provenance }) => provenance === 'unknown')) return undefined;
  return (energy.value / 1_000) * pue.value * grid.value;
}

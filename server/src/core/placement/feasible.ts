import type { PathRole, PolicyJudge, WorkFacts } from '../policy/judge.ts';
import type { RuleRef } from '../policy/rule.ts';
import type { PathPlace, Reason, ReasonSubject } from './decision.ts';
import {
  evidenceTiers,
  type CallInputs,
  type DeploymentFacts,
  type PlacementFacts,
  type PlacementRequest,
  type SiteFacts,
} from './facts.ts';
import { modelOf, placeOf } from './place.ts';

/** What policy said about some places: those it allowed, or why not. */
export interface Judged {
  readonly places: readonly PathPlace[];
  readonly allowedBy: readonly RuleRef[];
  readonly reasons: readonly Reason[];
}

/** What a decision looks at again and again, made once for each. */
export interface Question {
  readonly request: PlacementRequest;
  readonly work: WorkFacts;
  readonly sites: ReadonlyMap<string, SiteFacts>;
  readonly inputs: CallInputs;
  readonly policy: PolicyJudge;
}

export function questionOf(
  request: PlacementRequest,
  facts: PlacementFacts,
  inputs: CallInputs,
  policy: PolicyJudge,
): Question {
  const sites = new Map(facts.sites.map((site) => [site.id, site]));
  return { request, work: workOf(request), sites, inputs, policy };
}

function workOf({
  dataClass,
  purpose,
  demonstration,
  organisationId,
  organisation,
}: PlacementRequest): WorkFacts {
  const { revenueEur } = organisation;
  return {
    dataClass: dataClass ?? 'unclassified',
    purpose,
    demonstration,
    organisation: {
      id: organisationId,
      demonstration: organisation.demonstration,
      ...(revenueEur !== undefined && { revenueEurPerMonth: Math.ceil(revenueEur / 12) }),
    },
  };
}

/** The places that are the same for every candidate: judged first, before a body is read or a model looked up. */
export function judgeSharedPath(question: Question): Judged {
  const { ingressSiteId, workerSiteId, storageSiteIds, backupSiteIds } = question.request;
  const judge = (role: PathRole, siteIds: readonly string[]) =>
    siteIds.map((siteId) => judgePlace(question, role, siteId));
  return together([
    ...judge('ingress', [ingressSiteId]),
    ...judge('worker', [workerSiteId ?? ingressSiteId]),
    ...judge('storage', storageSiteIds),
    ...judge('backup', backupSiteIds),
  ]);
}

/** The place where the model runs, with the model's licence. */
export function judgeEngine(question: Question, deployment: DeploymentFacts): Judged {
  return judgePlace(question, 'engine', deployment.siteId, deployment);
}

export function together(parts: readonly Judged[]): Judged {
  return {
    places: parts.flatMap((part) => part.places),
    allowedBy: eachOnce(parts.flatMap((part) => part.allowedBy)),
    reasons: parts.flatMap((part) => part.reasons),
  };
}

/** What else stands in the way of a permitted candidate; empty when it can take the call now. */
export function obstacles({ request, inputs, work }: Question, deployment: DeploymentFacts): Reason[] {
  const { id, siteId, model, slots, contextTokens } = deployment;
  const { inputTokens, maxTokens } = request;
  const inFlight = inputs.inFlight[id] ?? 0;
  const about = (code: Reason['code'], rest: Partial<ReasonSubject> = {}): Reason => ({
    code,
    role: 'engine',
    siteId,
    subject: { dataClass: work.dataClass, model, ...rest },
  });
  const found: Reason[] = [];
  if (
    contextTokens !== undefined &&
    inputTokens !== undefined &&
    inputTokens + (maxTokens ?? 1) > contextTokens
  ) {
    found.push(
      about('context.overflow', {
        contextTokens,
        inputTokens,
        ...(maxTokens !== undefined && { maxTokens }),
      }),
    );
  }
  if (!deployment.ready) found.push(about('engine.not_ready'));
  if (inputs.breakers[id] === 'open') found.push(about('engine.breaker_open'));
  if (slots !== undefined && inFlight >= slots) found.push(about('capacity.full', { inFlight, slots }));
  return found;
}

/** A site that the facts do not hold is refused: nothing is known about it. */
function judgePlace(
  question: Question,
  role: PathRole,
  siteId: string,
  deployment?: DeploymentFacts,
): Judged {
  const { work, policy, inputs } = question;
  const site = question.sites.get(siteId);
  if (!site) {
    const reason: Reason = { code: 'site.unknown', role, siteId, subject: { dataClass: work.dataClass } };
    return { places: [], allowedBy: [], reasons: [reason] };
  }
  const place = placeOf(site, inputs.now, deployment && modelOf(deployment));
  const verdict = policy.judge(work, place, role);
  const subject: ReasonSubject = {
    dataClass: work.dataClass,
    site,
    place,
    ...(deployment && { model: deployment.model, licence: deployment.licence.id }),
  };
  if (!verdict.allowed) {
    const reasons = verdict.rules.map((rule): Reason => ({ code: 'policy', role, siteId, rule, subject }));
    return { places: [], allowedBy: [], reasons };
  }
  const path: PathPlace = {
    role,
    siteId,
    site: site.slug,
    country: place.country,
    simulated: place.simulated,
    tier: evidenceTiers[place.tier] ?? 'T0',
  };
  return { places: [path], allowedBy: verdict.rules, reasons: [] };
}

export function eachOnce(rules: readonly RuleRef[]): RuleRef[] {
  return [...new Map(rules.map((rule) => [rule.id, rule])).values()];
}

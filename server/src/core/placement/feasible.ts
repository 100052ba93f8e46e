import type { PathRole, PolicyJudge, WorkFacts } from '../policy/judge.ts';
import type { RuleRef } from '../policy/rule.ts';
import type { PathPlace, Reason, ReasonSubject } from './decision.ts';
import { evidenceTiers, type CallInputs, type DeploymentFacts, type PlacementRequest } from './facts.ts';
import type { FactsIndex, Standing } from './facts-index.ts';

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
  readonly standing: Standing;
  readonly index: FactsIndex;
  readonly inputs: CallInputs;
  readonly policy: PolicyJudge;
}

export function questionOf(
  request: PlacementRequest,
  index: FactsIndex,
  inputs: CallInputs,
  policy: PolicyJudge,
): Question {
  const standing = index.standing(kindOf(request, policy), inputs.now, () => workOf(request));
  return { request, work: standing.work, standing, index, inputs, policy };
}

/** Equal texts, equal verdicts. The purpose comes last: it alone is not made of fixed letters. */
function kindOf(request: PlacementRequest, { hash }: PolicyJudge): string {
  const { dataClass, demonstration, organisationId, organisation, ingressSiteId, workerSiteId } = request;
  const path = `${ingressSiteId} ${workerSiteId} ${request.storageSiteIds.join()} ${request.backupSiteIds.join()}`;
  const caller = `${organisationId} ${organisation.demonstration} ${organisation.revenueEur}`;
  return `${hash} ${dataClass} ${demonstration} ${caller} ${path} ${request.purpose}`;
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
  return (question.standing.shared ??= judgeShared(question));
}

function judgeShared(question: Question): Judged {
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

/** The whole path: those places, and the one where the model runs, with the model's licence. */
export function judgePath(question: Question, deployment: DeploymentFacts): Judged {
  const { paths } = question.standing;
  let judged = paths.get(deployment.id);
  if (!judged) {
    const engine = judgePlace(question, 'engine', deployment.siteId, deployment);
    paths.set(deployment.id, (judged = together([judgeSharedPath(question), engine])));
  }
  return judged;
}

function together(parts: readonly Judged[]): Judged {
  const places: PathPlace[] = [];
  const allowedBy: RuleRef[] = [];
  const reasons: Reason[] = [];
  for (const part of parts) {
    places.push(...part.places);
    allowedBy.push(...part.allowedBy);
    reasons.push(...part.reasons);
  }
  return { places, allowedBy: eachOnce(allowedBy), reasons };
}

/** What else stands in the way of a permitted candidate; empty when it can take the call now. */
export function obstacles({ request, inputs, work, index }: Question, deployment: DeploymentFacts): Reason[] {
  const { id, siteId, model, slots, contextTokens } = deployment;
  const { inputTokens, maxTokens, ability = 'chat' } = request;
  const inFlight = inputs.inFlight[id] ?? 0;
  const site = index.site(siteId);
  const about = (code: Reason['code'], rest: Partial<ReasonSubject> = {}): Reason => ({
    code,
    role: 'engine',
    siteId,
    subject: { dataClass: work.dataClass, model, ...(site && { site }), ...rest },
  });
  const found: Reason[] = [];
  if (deployment.capabilities?.[ability] === false) found.push(about('ability.missing', { ability }));
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
  const { work, policy, inputs, index } = question;
  const site = index.site(siteId);
  if (!site) {
    const reason: Reason = { code: 'site.unknown', role, siteId, subject: { dataClass: work.dataClass } };
    return { places: [], allowedBy: [], reasons: [reason] };
  }
  const place = index.placeAt(site, inputs.now, deployment);
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
  return rules.filter((rule, index) => rules.findIndex(({ id }) => id === rule.id) === index);
}

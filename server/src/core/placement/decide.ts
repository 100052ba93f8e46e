import { nearestNames } from '../engine/nearest-name.ts';
import type { PolicyJudge } from '../policy/judge.ts';
import type { RuleRef } from '../policy/rule.ts';
import type { Candidate, Decision, PathPlace, Reason, Refusal, RefusalCode } from './decision.ts';
import type { CallInputs, DeploymentFacts, PlacementFacts, PlacementRequest, ScoreWeights } from './facts.ts';
import { FactsIndex } from './facts-index.ts';
import {
  eachOnce,
  judgePath,
  judgeSharedPath,
  obstacles,
  questionOf,
  type Judged,
  type Question,
} from './feasible.ts';
import { warmest } from './prefix-affinity.ts';
import { criteriaOf, loadOf, scoreOf, tieBreak } from './score.ts';

const seal = Symbol('placement');

/**
 * The right to send one call to one deployment. Only `decide` makes one: the constructor wants a symbol that never
 * leaves this file, and the brand does not survive copying, parsing or a look-alike object.
 */
class SealedPlacement {
  readonly #brand = seal;
  readonly callId: string;
  readonly organisationId: string;
  readonly deploymentId: string;
  readonly model: string;
  readonly modelVersion: string;
  readonly digest: string | undefined;
  readonly adapters: DeploymentFacts['adapters'];
  readonly siteId: string;
  readonly engine: DeploymentFacts['engine'];
  /** Every place that policy allowed for this call. */
  readonly path: readonly PathPlace[];
  readonly policy: string;
  readonly rules: readonly RuleRef[];

  constructor(
    key: symbol,
    { request, policy }: Question,
    deployment: DeploymentFacts,
    path: readonly PathPlace[],
    rules: readonly RuleRef[],
  ) {
    if (key !== seal) throw new TypeError('only placement makes placements');
    this.callId = request.callId;
    this.organisationId = request.organisationId;
    this.deploymentId = deployment.id;
    this.model = deployment.model;
    this.modelVersion = deployment.modelVersion;
    this.digest = deployment.digest;
    this.adapters = deployment.adapters;
    this.siteId = deployment.siteId;
    this.engine = deployment.engine;
    this.path = path;
    this.policy = policy.hash;
    this.rules = rules;
    Object.freeze(this);
  }

  static is(value: unknown): value is SealedPlacement {
    return typeof value === 'object' && value !== null && #brand in value && value.#brand === seal;
  }
}

export type Placement = SealedPlacement;

/** True for what `decide` made, and for nothing else. */
export function isPlacement(value: unknown): value is Placement {
  return SealedPlacement.is(value);
}

interface Option {
  readonly deployment: DeploymentFacts;
  readonly path: readonly PathPlace[];
  readonly candidate: Candidate;
}

/**
 * Where a call may and should be answered: feasible, then score, then the choice. Pure, so that it replays bit for
 * bit from its arguments. Deny by default: a candidate needs a permit at every place of its path, and one that
 * failed is passed again with its breaker open, so failover can narrow but never widen.
 * @param index of these facts, for who decides often; it changes nothing but the time it takes
 */
export function decide(
  request: PlacementRequest,
  facts: PlacementFacts,
  inputs: CallInputs,
  policy: PolicyJudge,
  index = new FactsIndex(facts),
): Decision {
  const question = questionOf(request, index, inputs, policy);
  const serving = index.serving(request.model);
  const shared = judgeSharedPath(question);
  const options = serving.map((deployment) => feasible(question, deployment, facts.weights));
  const best = chooseOf(options, inputs);
  if (!best) return refused(question, shared, facts, options);
  const { deployment, path, candidate } = best;
  return {
    outcome: 'placed',
    placement: new SealedPlacement(seal, question, deployment, path, candidate.allowedBy),
    candidates: options.map((option) =>
      option === best ? { ...candidate, verdict: 'chosen' } : option.candidate,
    ),
  };
}

/**
 * What can be said before the body is read: whether this work may come in here, be handled and be stored at all.
 * @returns the refusal, or undefined when the way in is open
 */
export function refusedAtIngress(
  request: PlacementRequest,
  facts: PlacementFacts,
  inputs: CallInputs,
  policy: PolicyJudge,
  index = new FactsIndex(facts),
): Extract<Decision, { outcome: 'refused' }> | undefined {
  const { reasons } = judgeSharedPath(questionOf(request, index, inputs, policy));
  if (reasons.length === 0) return undefined;
  return {
    outcome: 'refused',
    refusal: refusal('policy.denied', request.model, reasons, reasons),
    candidates: [],
  };
}

function feasible(question: Question, deployment: DeploymentFacts, weights: ScoreWeights): Option {
  const { places, allowedBy, reasons } = judgePath(question, deployment);
  const { index, inputs } = question;
  const site = index.site(deployment.siteId);
  const country = site && index.placeAt(site, inputs.now, deployment).country;
  const known = {
    deploymentId: deployment.id,
    model: deployment.model,
    site: {
      id: deployment.siteId,
      slug: site?.slug ?? deployment.siteId,
      name: site?.name ?? deployment.siteId,
      ...(country !== undefined && { country }),
      simulated: site?.simulated ?? false,
    },
  };
  if (reasons.length > 0 || !site) {
    return {
      deployment,
      path: [],
      candidate: { ...known, verdict: 'refused', reasons, allowedBy: [], criteria: [] },
    };
  }
  const inTheWay = obstacles(question, deployment);
  if (inTheWay.length > 0) {
    return {
      deployment,
      path: places,
      candidate: { ...known, verdict: 'unavailable', reasons: inTheWay, allowedBy, criteria: [] },
    };
  }
  const criteria = criteriaOf(deployment, site, inputs, weights);
  return {
    deployment,
    path: places,
    candidate: { ...known, verdict: 'possible', reasons: [], allowedBy, score: scoreOf(criteria), criteria },
  };
}

/**
 * The lowest score, or nearly as good a one whose engine has read the prompt before; equal scores are ordered by the
 * seed, so that equal deployments share the work.
 */
function chooseOf(options: readonly Option[], inputs: CallInputs): Option | undefined {
  const { seed, prefixHits } = inputs;
  const possible = options.filter(({ candidate }) => candidate.verdict === 'possible');
  if (prefixHits && possible.length > 1) {
    const choices = possible.map((option) => ({
      option,
      score: option.candidate.score ?? 0,
      hit: prefixHits[option.deployment.id] ?? 0,
      load: loadOf(option.deployment, inputs).value ?? 0,
    }));
    const warm = warmest(choices)?.option;
    if (warm) return warm;
  }
  return possible.sort(
    (a, b) =>
      (a.candidate.score ?? 0) - (b.candidate.score ?? 0) ||
      tieBreak(seed, a.deployment.id) - tieBreak(seed, b.deployment.id) ||
      (a.deployment.id < b.deployment.id ? -1 : 1),
  )[0];
}

function refused(
  question: Question,
  { reasons }: Judged,
  facts: PlacementFacts,
  options: readonly Option[],
): Decision {
  const candidates = options.map(({ candidate }) => candidate);
  const { model } = question.request;
  const answer = (given: Refusal): Decision => ({ outcome: 'refused', refusal: given, candidates });
  if (options.length === 0) {
    if (reasons.length > 0) return answer(refusal('policy.denied', model, reasons, reasons));
    const names = facts.deployments.map((deployment) => deployment.model);
    return answer({ ...refusal('model.unknown', model, [], []), nearest: nearestNames(model, names) });
  }
  const permitted = candidates.filter(({ verdict }) => verdict === 'unavailable');
  const all = candidates.flatMap(({ reasons }) => reasons);
  if (permitted.length === 0) return answer(refusal('policy.denied', model, closest(candidates), all));
  const unable = permitted.every(({ reasons }) => reasons.some(({ code }) => code === 'ability.missing'));
  if (unable) {
    const { ability = 'chat' } = question.request;
    const able = facts.deployments.filter(({ capabilities }) => capabilities?.[ability] === true);
    const nearest = [...new Set(able.map((deployment) => deployment.model))].slice(0, MOST_NAMES);
    return answer({ ...refusal('ability.missing', model, closest(permitted), []), nearest });
  }
  const tooLong = permitted.every(({ reasons }) => reasons.some(({ code }) => code === 'context.overflow'));
  return answer(refusal(tooLong ? 'context.overflow' : 'capacity.none', model, closest(permitted), []));
}

/** Offered in the place of one that cannot. */
const MOST_NAMES = 5;

/** The reasons of the path with the fewest: what a reader would mend first. */
function closest(candidates: readonly Candidate[]): readonly Reason[] {
  const lists = candidates.map(({ reasons }) => reasons);
  return lists.reduce((best, reasons) => (reasons.length < best.length ? reasons : best), lists[0] ?? []);
}

const statuses = {
  'policy.denied': 403,
  'model.unknown': 404,
  'ability.missing': 400,
  'context.overflow': 400,
  'capacity.none': 503,
} as const;

function refusal(
  code: RefusalCode,
  model: string,
  reasons: readonly Reason[],
  judged: readonly Reason[],
): Refusal {
  return {
    code,
    status: statuses[code],
    retryable: code === 'capacity.none',
    rules: eachOnce(judged.flatMap(({ rule }) => (rule ? [rule] : []))),
    reasons,
    model,
    nearest: [],
  };
}

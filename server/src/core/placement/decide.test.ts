import { describe, expect, test } from 'vitest';

import type { PolicyJudge } from '../policy/judge.ts';
import type { RuleRef } from '../policy/rule.ts';
import { decide, isPlacement, refusedAtIngress, type Placement } from './decide.ts';
import { explain } from './explain.ts';
import type {
  CallInputs,
  DeploymentFacts,
  Figure,
  PlacementFacts,
  PlacementRequest,
  SiteFacts,
} from './facts.ts';

const rule = (id: string): RuleRef => ({
  id,
  tag: 'house',
  text: { en: `${id} at {site}`, fr: `${id} : {site}`, sv: `${id} i {site}` },
});

/** Allows sites whose slug begins with "ok". */
const policy: PolicyJudge = {
  hash: 'sha256:test',
  judge: (_, place) =>
    place.site.startsWith('ok')
      ? { allowed: true, rules: [rule('yes')] }
      : { allowed: false, rules: [rule('no')] },
};

const figure = (value: number): Figure => ({ value, tier: 'T0', source: 'test', provenance: 'declared' });

const site = (id: string, rest: Partial<SiteFacts> = {}): SiteFacts => ({
  id,
  slug: id,
  name: id.toUpperCase(),
  place: 'somewhere',
  simulated: false,
  unclaimed: false,
  certifications: [],
  ...rest,
});

const deployment = (id: string, siteId: string, rest: Partial<DeploymentFacts> = {}): DeploymentFacts => ({
  id,
  model: 'triage',
  modelVersion: 'v1',
  licence: { id: 'Apache-2.0' },
  siteId,
  engine: { id: `engine-${id}`, kind: 'scripted' },
  ready: true,
  ...rest,
});

const weights = { carbon: 1, cost: 0, latency: 0, load: 0 };
const facts = (sites: SiteFacts[], deployments: DeploymentFacts[], given = weights): PlacementFacts => ({
  sites,
  deployments,
  weights: given,
});

const request: PlacementRequest = {
  callId: 'call_1',
  organisationId: 'org_1',
  organisation: { demonstration: false },
  model: 'triage',
  dataClass: 'public',
  purpose: '',
  demonstration: false,
  ingressSiteId: 'ok-home',
  storageSiteIds: ['ok-home'],
  backupSiteIds: [],
};
const inputs: CallInputs = { now: Date.parse('2026-11-22T12:00:00Z'), inFlight: {}, breakers: {}, seed: 1 };

const placed = (...args: Parameters<typeof decide>): Placement => {
  const decision = decide(...args);
  if (decision.outcome !== 'placed') throw new Error(`refused: ${decision.refusal.code}`);
  return decision.placement;
};
const refused = (...args: Parameters<typeof decide>) => {
  const decision = decide(...args);
  if (decision.outcome !== 'refused') throw new Error('was placed');
  return decision.refusal;
};

const home = site('ok-home');
const world = facts(
  [home, site('ok-b'), site('no-c')],
  [deployment('a', 'ok-home'), deployment('c', 'no-c')],
);

describe('a placement', () => {
  const placement = placed(request, world, inputs, policy);

  test('names every place of the path, and is made by decide alone', () => {
    expect(placement.path.map(({ role, siteId }) => [role, siteId])).toEqual([
      ['ingress', 'ok-home'],
      ['worker', 'ok-home'],
      ['storage', 'ok-home'],
      ['engine', 'ok-home'],
    ]);
    expect(isPlacement(placement)).toBe(true);
  });

  test('cannot be forged: not by copying, not by its prototype, not by its constructor', () => {
    expect(isPlacement(Object.assign({}, placement))).toBe(false);
    expect(isPlacement(structuredClone(placement))).toBe(false);
    expect(isPlacement(Object.create(Object.getPrototypeOf(placement) as object))).toBe(false);
    expect(isPlacement(new Proxy(placement, {}))).toBe(false);
    const { constructor } = placement as unknown as { constructor: new (...args: unknown[]) => unknown };
    expect(() => new constructor(Symbol('placement'), {}, {}, [], [])).toThrow(/only placement makes/);
    expect(() => Object.assign(placement, { deploymentId: 'c' })).toThrow(TypeError);
  });
});

describe('feasible', () => {
  test('refuses a path with one forbidden place, whichever it is', () => {
    for (const forbidden of [
      { ingressSiteId: 'no-c' },
      { workerSiteId: 'no-c' },
      { storageSiteIds: ['ok-home', 'no-c'] },
      { backupSiteIds: ['no-c'] },
    ]) {
      expect(refused({ ...request, ...forbidden }, world, inputs, policy)).toMatchObject({
        code: 'policy.denied',
        status: 403,
        rules: [{ id: 'no' }],
      });
    }
  });

  test('refuses a place of which nothing is known', () => {
    expect(
      refused({ ...request, storageSiteIds: ['elsewhere'] }, world, inputs, policy).reasons[0]?.code,
    ).toBe('site.unknown');
  });

  test('says before the body is read whether the way in is open', () => {
    expect(refusedAtIngress(request, world, inputs, policy)).toBeUndefined();
    expect(
      refusedAtIngress({ ...request, ingressSiteId: 'no-c' }, world, inputs, policy)?.refusal,
    ).toMatchObject({ code: 'policy.denied', status: 403 });
  });

  test('an unknown model is 404 with the nearest names', () => {
    expect(refused({ ...request, model: 'triaje' }, world, inputs, policy)).toMatchObject({
      code: 'model.unknown',
      status: 404,
      nearest: ['triage'],
    });
  });

  test('never goes to a forbidden place because the permitted one is down', () => {
    for (const [change, code] of [
      [{ ready: false }, 'engine.not_ready'],
      [{ slots: 0 }, 'capacity.full'],
    ] as const) {
      const down = facts([home, site('no-c')], [deployment('a', 'ok-home', change), deployment('c', 'no-c')]);
      expect(refused(request, down, inputs, policy)).toMatchObject({
        code: 'capacity.none',
        status: 503,
        retryable: true,
        reasons: [{ code }],
      });
    }
    expect(refused(request, world, { ...inputs, breakers: { a: 'open' } }, policy)).toMatchObject({
      code: 'capacity.none',
      reasons: [{ code: 'engine.breaker_open' }],
    });
  });

  test('too long a request is refused with the counts', () => {
    const short = facts([home], [deployment('a', 'ok-home', { contextTokens: 1000 })]);
    expect(placed({ ...request, inputTokens: 500, maxTokens: 500 }, short, inputs, policy).deploymentId).toBe(
      'a',
    );
    const decision = decide({ ...request, inputTokens: 900, maxTokens: 101 }, short, inputs, policy);
    expect(decision).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'context.overflow', status: 400 },
    });
    expect(explain(decision, 'en').words).toContain(
      '1,000 tokens at most; this needs 1,001 (900 in, 101 out)',
    );
  });
});

describe('score', () => {
  const two = (a: Partial<SiteFacts>, b: Partial<SiteFacts>, given = weights) =>
    facts(
      [home, site('ok-a', a), site('ok-b', b)],
      [deployment('a', 'ok-a'), deployment('b', 'ok-b')],
      given,
    );

  test('prefers less carbon, PUE included', () => {
    const world = two(
      { gramsCo2PerKwh: figure(30), pue: figure(1.1) },
      { gramsCo2PerKwh: figure(20), pue: figure(1.9) },
    );
    expect(placed(request, world, inputs, policy).deploymentId).toBe('a');
  });

  test('unknown is never zero: it counts as the worst', () => {
    const decision = decide(
      request,
      two({}, { gramsCo2PerKwh: figure(240), pue: figure(1) }),
      inputs,
      policy,
    );
    expect(decision.outcome === 'placed' && decision.placement.deploymentId).toBe('b');
    const [unknown] = decision.candidates[0]?.criteria ?? [];
    expect(unknown).toMatchObject({ name: 'carbon', provenance: 'unknown', share: 1 });
    expect(unknown?.value).toBeUndefined();
  });

  test('a figure that is no longer valid is unknown', () => {
    const expired = { ...figure(1), validUntil: '2026-11-22T12:00:00Z' };
    const world = two(
      { gramsCo2PerKwh: expired, pue: figure(1) },
      { gramsCo2PerKwh: figure(400), pue: figure(1) },
    );
    expect(placed(request, world, inputs, policy).deploymentId).toBe('b');
  });

  test('equal candidates share the work by the seed, always in the same way', () => {
    const world = two({}, {});
    const chosen = Array.from(
      { length: 200 },
      (_, seed) => placed(request, world, { ...inputs, seed }, policy).deploymentId,
    );
    expect(chosen.filter((id) => id === 'a').length).toBeGreaterThan(60);
    expect(chosen.filter((id) => id === 'b').length).toBeGreaterThan(60);
    expect(chosen).toEqual(
      Array.from(
        { length: 200 },
        (_, seed) => placed(request, world, { ...inputs, seed }, policy).deploymentId,
      ),
    );
  });
});

describe('explain', () => {
  test('tells why here and why not there, in three languages', () => {
    const decision = decide(request, world, inputs, policy);
    expect(explain(decision, 'en')).toMatchObject({
      words: 'Answered at OK-HOME, allowed by your policy.',
      candidates: [
        { verdict: 'chosen', allowedBy: [{ id: 'yes', words: 'yes at OK-HOME' }] },
        {
          verdict: 'refused',
          reasons: [{ code: 'policy', role: 'engine', site: 'NO-C', words: 'no at NO-C' }],
        },
      ],
    });
    expect(
      new Set((['en', 'fr', 'sv'] as const).map((language) => explain(decision, language).words)).size,
    ).toBe(3);
  });

  test('says each reason once, and what to do', () => {
    const decision = decide(
      { ...request, ingressSiteId: 'no-c', storageSiteIds: ['no-c'] },
      world,
      inputs,
      policy,
    );
    const { words, hint } = explain(decision, 'en');
    expect(words.match(/no at NO-C/g)).toHaveLength(1);
    expect(hint).toMatch(/kulning policy/);
  });
});

describe('load and warm caches', () => {
  const two = facts(
    [home],
    [deployment('a', 'ok-home', { slots: 4 }), deployment('b', 'ok-home', { slots: 4 })],
    { carbon: 0, cost: 0, latency: 0, load: 1 },
  );
  const chosen = (more: Partial<CallInputs>) =>
    placed(request, two, { ...inputs, ...more }, policy).deploymentId;

  test('what an engine says counts the calls of other gateways too', () => {
    for (const seed of [1, 2, 3, 4]) {
      expect(chosen({ seed, signals: { a: { running: 3, queued: 0 } } })).toBe('b');
      expect(chosen({ seed, signals: { b: { running: 0, queued: 2 } } })).toBe('a');
      expect(chosen({ seed, inFlight: { a: 2 }, signals: { a: { running: 0, queued: 0 } } })).toBe('b');
    }
  });

  test('between equals the one that has read the prompt is taken, unless it is busier', () => {
    for (const seed of [1, 2, 3, 4]) {
      expect(chosen({ seed, prefixHits: { a: 0.5 } })).toBe('a');
      expect(chosen({ seed, prefixHits: { a: 0.5, b: 1 } })).toBe('b');
      expect(chosen({ seed, prefixHits: { a: 1 }, inFlight: { a: 3 } })).toBe('b');
    }
  });

  test('an engine that cannot do it is passed by, and if none can the refusal says so', () => {
    const able = {
      chat: true,
      completions: false,
      embeddings: false,
      rerank: false,
      fim: false,
      responses: false,
    };
    const capabilities = { ...able, tools: 'none', jsonSchema: false, lora: false } as const;
    const world = facts([home], [deployment('a', 'ok-home', { capabilities }), deployment('b', 'ok-home')]);
    expect(placed({ ...request, ability: 'embeddings' }, world, inputs, policy).deploymentId).toBe('b');
    const none = facts([home], [deployment('a', 'ok-home', { capabilities })]);
    expect(refused({ ...request, ability: 'embeddings' }, none, inputs, policy)).toMatchObject({
      code: 'ability.missing',
      status: 400,
    });
  });
});

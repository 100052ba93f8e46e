// Decisions a second, beside what one judgement by Cedar costs without the cache: `node bench/placement.ts`.
import { decide } from '../server/src/core/placement/decide.ts';
import type {
  DeploymentFacts,
  PlacementFacts,
  PlacementRequest,
  SiteFacts,
} from '../server/src/core/placement/facts.ts';
import { FactsIndex } from '../server/src/core/placement/facts-index.ts';
import { placeOf } from '../server/src/core/placement/place.ts';
import type { WorkFacts } from '../server/src/core/policy/judge.ts';
import { createJudge, starterPolicy } from '../server/src/features/placement/index.ts';
import { report } from './figure.ts';

interface BenchRow {
  readonly what: string;
  readonly microseconds: number;
  readonly perSecond: number;
}

const declared = <T>(value: T) => ({ value, tier: 'T0' as const, source: 'bench' });
const figure = (value: number) => ({ ...declared(value), provenance: 'declared' as const });
const now = Date.parse('2026-11-22T12:00:00Z');

const siteOf = (slug: string, country: string): SiteFacts => ({
  id: `site_${slug}`,
  slug,
  name: slug,
  place: slug,
  simulated: false,
  unclaimed: false,
  country: declared(country),
  operator: declared('operator'),
  parent: declared({ name: 'parent', country }),
  certifications: [declared('ISO/IEC 27001')],
  gramsCo2PerKwh: figure(20),
  pue: figure(1.1),
});

/** As an installation of three sites with one model at each. */
function world(): PlacementFacts {
  const sites = [siteOf('home', 'SE'), siteOf('borlange', 'SE'), siteOf('essonne', 'FR')];
  const deployments = sites.map(({ id, slug }): DeploymentFacts => ({
    id: `deployment_${slug}`,
    model: 'triage',
    modelVersion: 'version_1',
    licence: { id: 'Apache-2.0' },
    siteId: id,
    engine: { id: `engine_${slug}`, kind: 'llama' },
    contextTokens: 4096,
    slots: 4,
    ready: true,
  }));
  return { sites, deployments, weights: { carbon: 4, cost: 2, latency: 2, load: 2 } };
}

const request: PlacementRequest = {
  callId: 'call',
  organisationId: 'org',
  organisation: { demonstration: false },
  model: 'triage',
  dataClass: 'personal',
  purpose: 'support',
  demonstration: false,
  ingressSiteId: 'site_home',
  storageSiteIds: ['site_home'],
  backupSiteIds: ['site_home'],
  inputTokens: 200,
  maxTokens: 200,
};

/** CPU time, so that other work on the machine counts less. */
function measure(what: string, times: number, work: (index: number) => void): BenchRow {
  for (let index = 0; index < times / 10; index++) work(-1 - index);
  const before = process.cpuUsage();
  for (let index = 0; index < times; index++) work(index);
  const { user, system } = process.cpuUsage(before);
  const microseconds = (user + system) / times;
  return { what, microseconds, perSecond: 1e6 / microseconds };
}

function benchPlacement(): readonly [judgement: BenchRow, again: BenchRow, cold: BenchRow, cached: BenchRow] {
  const facts = world();
  const judge = createJudge(starterPolicy);
  const index = new FactsIndex(facts);
  const place = placeOf(siteOf('home', 'SE'), now);
  const work = (purpose: string): WorkFacts => ({
    dataClass: 'personal',
    purpose,
    demonstration: false,
    organisation: { id: 'org', demonstration: false },
  });
  return [
    measure('one place judged by Cedar (never asked before)', 500, (index) => {
      judge.judge(work(`purpose ${index}`), place, 'engine');
    }),
    measure('one place judged again', 50_000, () => {
      judge.judge(work('support'), place, 'engine');
    }),
    measure('decision about work of a kind never seen before', 100, (number) => {
      const inputs = { now, inFlight: {}, breakers: {}, seed: 1 };
      decide({ ...request, purpose: `cold ${number}` }, facts, inputs, judge, index);
    }),
    measure('decision: 3 candidates, 7 places', 20_000, (number) => {
      decide(
        request,
        facts,
        { now: now + number, inFlight: { deployment_home: number & 3 }, breakers: {}, seed: number },
        judge,
        index,
      );
    }),
  ];
}

const rows = benchPlacement();
for (const { what, microseconds, perSecond } of rows)
  console.log(
    `${what.padEnd(50)} ${microseconds.toFixed(1).padStart(9)} µs CPU ${Math.round(perSecond).toString().padStart(9)}/s`,
  );
const [judgement, , cold, cached] = rows;
const beside = { what: 'Cedar judgements', value: judgement.perSecond };
report([
  // DESIGN §5: 0.75 ms a judgement
  { what: 'one judgement by Cedar', value: judgement.microseconds, unit: 'µs', target: { atMost: 750 } },
  { what: 'decisions, work of a kind never seen', value: cold.perSecond, unit: '/s', beside },
  { what: 'decisions, judgements cached', value: cached.perSecond, unit: '/s', beside },
]);

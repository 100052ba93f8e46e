import type { Figure, SiteFacts } from '../../core/placement/facts.ts';
import type { FigureJson } from '../dispatch/index.ts';
import type { WholeAnswer } from './endpoint.ts';
import { membersOf } from './json-members.ts';

export interface TokenUsage {
  readonly input: number;
  readonly output: number;
}

/** The usage that a completion object reports of itself; undefined where it reports none. */
export function usageIn(text: string): TokenUsage | undefined {
  const member = text.trimStart().startsWith('{') ? membersOf(text)?.get('usage') : undefined;
  if (!member || text[member.start] !== '{') return undefined;
  const usage = parsed(text.slice(member.start, member.end));
  return usage && usageOf(usage);
}

/** Chat and completions count `prompt_tokens`, responses and messages `input_tokens`; embeddings give nothing out. */
export function usageOf(usage: Readonly<Partial<Record<string, unknown>>>): TokenUsage | undefined {
  const input = usage['prompt_tokens'] ?? usage['input_tokens'];
  const output = usage['completion_tokens'] ?? usage['output_tokens'];
  return isCount(input) ? { input, output: isCount(output) ? output : 0 } : undefined;
}

/** An answer that passes as it is. */
export const wholeAsItIs = (bytes: Buffer): WholeAnswer => ({
  bytes,
  usage: usageIn(bytes.toString('latin1')),
});

function parsed(text: string): Partial<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Partial<Record<string, unknown>>;
  } catch (error) {
    // An engine's usage is a courtesy: without a readable one the count is unknown, and the answer still stands.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const unknownEnergy: FigureJson = {
  value: null,
  unit: 'Wh',
  provenance: 'unknown',
  method: 'the deployment has no energy figure',
};

/** Energy of the tokens by the deployment's figure; unknown where there is none. */
export function energyOf(usage: TokenUsage | undefined, figure: Figure | undefined): FigureJson {
  if (!usage || !figure || figure.provenance === 'unknown') return unknownEnergy;
  return {
    value: (usage.input + usage.output) * (figure.value / 1000),
    unit: 'Wh',
    provenance: figure.provenance,
    method: 'tokens × Wh per 1000 tokens of the deployment',
  };
}

/** Carbon of that energy at the site: × PUE × grams a kWh. One unknown factor makes the product unknown. */
export function carbonOf(energy: FigureJson, site: SiteFacts | undefined): FigureJson {
  const { pue, gramsCo2PerKwh: grid } = site ?? {};
  if (energy.value === null || !pue || !grid || pue.provenance === 'unknown' || grid.provenance === 'unknown')
    return { value: null, unit: 'g', provenance: 'unknown', method: 'energy, PUE or grid carbon is unknown' };
  return {
    value: (energy.value / 1000) * pue.value * grid.value,
    unit: 'g',
    provenance: weakest([energy.provenance, pue.provenance, grid.provenance]),
    // Without a subscript two: one letter beyond Latin-1 would double the size of every record in memory.
    method: 'energy × PUE × g CO2e/kWh of the site',
  };
}

/** From best to worst known: a product is as good as the worst of its factors. */
const provenances = ['measured', 'apportioned', 'modelled', 'declared', 'unknown'] as const;

function weakest(given: readonly FigureJson['provenance'][]): FigureJson['provenance'] {
  return given.reduce((worst, each) =>
    provenances.indexOf(each) > provenances.indexOf(worst) ? each : worst,
  );
}

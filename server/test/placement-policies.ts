import { readPolicy, starterPolicy, type PolicyText } from '../src/features/placement/policy-text.ts';
import { chanceOf } from './chance.ts';

/** Rules that an operator might add, each in words. */
const added: readonly (readonly [id: string, words: string, cedar: string])[] = [
  [
    'support-not-in-france',
    'Work for the purpose support is not done in France.',
    'forbid (principal, action, resource) when { context.purpose == "support" && resource has country && resource.country == "FR" }',
  ],
  [
    'personal-certified',
    'Personal data goes only where a valid ISO/IEC 27001 certificate is.',
    'forbid (principal, action, resource) when { [DataClass::"personal", DataClass::"special"].contains(context.dataClass) && !resource.certifications.contains("ISO/IEC 27001") }',
  ],
  [
    'special-signed',
    'Special-category data goes only where country, operator and parent are known by more than a declaration.',
    'forbid (principal, action, resource) when { context.dataClass == DataClass::"special" && resource.tier < 1 }',
  ],
  [
    'no-model-at-site-1',
    'No model runs at site-1.',
    'forbid (principal, action == Action::"engine", resource == Place::"site-1")',
  ],
  [
    'research-for-one',
    'Research is for organisation org_a alone.',
    'forbid (principal, action, resource) when { context.purpose == "research" } unless { principal == Organisation::"org_a" }',
  ],
  [
    'operator-at-home',
    'Except for public data, where the country is known the parent company is of the same country.',
    'forbid (principal, action, resource) when { context.dataClass != DataClass::"public" && resource has country } unless { resource has parentCountry && resource.parentCountry == resource.country }',
  ],
];

const text = added.map(
  ([id, words, cedar]) =>
    `@id("${id}") @tag("contract") @en("${words}") @fr("${words}") @sv("${words}")\n${cedar};\n`,
);

const pool = readPolicy(starterPolicy + text.join(''));
const starterIds = new Set(readPolicy(starterPolicy).rules.map(({ id }) => id));

/** One in three is the starter policy as it is; the others lack some of its rules and have some of those above. */
export function policyOf(seed: number): PolicyText {
  const chance = chanceOf(seed ^ 0x5eed);
  const asItIs = chance.happens(1 / 3);
  const rules = pool.rules.filter(({ id }) => {
    if (asItIs) return starterIds.has(id);
    return chance.happens(starterIds.has(id) ? 0.9 : 0.25);
  });
  return { hash: `case:${rules.map(({ id }) => id).join()}`, text: '', rules };
}

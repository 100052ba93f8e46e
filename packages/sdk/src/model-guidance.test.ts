import { expect, test } from 'vitest';

import { modelAddition, modelsOperations } from './contract/models.ts';
import { languages } from './language.ts';
import { modelGuidance, modelGuidanceText } from './model-guidance.ts';

test.each(languages)('in %s it fits one screen and names both models', (language) => {
  const text = modelGuidanceText(language);
  expect(text.split('\n').length).toBeLessThanOrEqual(24);
  expect(text).toContain('Ministral-3');
  expect(text).toContain('Mistral-Small');
});

test('every option it shows exists', () => {
  const lines = modelGuidance('en').ways.flatMap(({ commands }) =>
    commands.filter((line) => line.startsWith('kulning ')),
  );
  const shown = [...lines, ...modelGuidance('en').notes].join(' ').match(/(?<=--)[a-z.-]*[a-z]/gu) ?? [];
  const known = Object.keys(modelAddition.shape).map((name) =>
    name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`),
  );
  expect(shown.length).toBeGreaterThan(4);
  for (const option of shown) expect(known).toContain(option.split('.')[0]);
  expect(modelsOperations.add.id).toBe('models.add');
});

test('the languages differ in words alone', () => {
  const [english, ...others] = languages.map((language) =>
    modelGuidance(language).ways.map(({ commands }) => commands),
  );
  for (const other of others) expect(other).toEqual(english);
});

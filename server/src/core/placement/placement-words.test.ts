import { expect, test } from 'vitest';

import { inGeneral } from './placement-words.ts';

test('a rule reads as a sentence about any site where no decision fills it in', () => {
  const words = {
    en: '{site} opens in {opensYear}.',
    fr: 'Le pays du site {site} est inconnu.',
    sv: 'Licensen för {model} är okänd.',
  };
  expect(inGeneral(words)).toEqual({
    en: 'This site opens in ….',
    fr: 'Le pays du site … est inconnu.',
    sv: 'Licensen för den här modellen är okänd.',
  });
});

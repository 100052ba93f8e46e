import { expect, test } from 'vitest';

import { modelledWattHours } from './model-energy.ts';

test.each([
  ['24 billion parameters on one GPU: about 13 J a token', { parameters: 24e9 }, 3.6],
  [
    'a mixture of experts computes with few but needs the memory of all',
    { parameters: 119e9, activeParameters: 6.5e9 },
    8,
  ],
  ['123 billion on four', { parameters: 123e9 }, 50],
  ['a toy is not covered', { parameters: 1.2e6 }, undefined],
])('%s', (_, size, wattHours) => {
  expect(modelledWattHours(size)).toBe(wattHours);
});

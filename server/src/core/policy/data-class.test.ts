import { expect, test } from 'vitest';

import { dataClasses, tightenDataClass } from './data-class.ts';

test('a class can be tightened and never loosened', () => {
  for (const byDefault of dataClasses) {
    expect(tightenDataClass(byDefault, undefined)).toBe(byDefault);
    expect(tightenDataClass(undefined, byDefault)).toBe(byDefault);
    for (const asked of dataClasses) {
      const result = tightenDataClass(byDefault, asked);
      expect(dataClasses.indexOf(result ?? 'public')).toBe(
        Math.max(dataClasses.indexOf(byDefault), dataClasses.indexOf(asked)),
      );
    }
  }
  expect(tightenDataClass(undefined, undefined)).toBeUndefined();
});

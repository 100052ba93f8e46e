import { modelPullOperations } from '@kulning/sdk';
import { expect, test } from 'vitest';

import { flagsOf } from './operation-command.ts';

test('what an optional group requires is not demanded of who leaves the group out', () => {
  const flags = flagsOf(modelPullOperations.pull);
  const required = flags.filter((flag) => flag.required).map(({ name }) => name);
  expect(flags.map(({ name }) => name)).toContain('licence.id');
  expect(required).toContain('source');
  expect(required).not.toContain('licence.id');
});

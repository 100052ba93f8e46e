import { expect, test } from 'vitest';

import type { ModelPullView } from '@kulning/sdk';

import { progressLine } from './models-pull.ts';

const pull: ModelPullView = {
  id: 'pull_1',
  source: 'https://models.example/a.gguf',
  name: null,
  phase: 'running',
  receivedBytes: 3_000_000_000,
  totalBytes: 4_000_000_000,
  digest: null,
  modelId: null,
  problem: null,
  createdAt: '2026-11-22T12:00:00.000Z',
  endedAt: null,
};

test('says how far it is, how fast, and how long it still takes', () => {
  expect(progressLine(pull, 10_000_000, 'en')).toBe(
    `[${'█'.repeat(18)}${'░'.repeat(6)}]  75\u00a0%  3.00 / 4.00 GB  10.0 MB/s  1:40`,
  );
});

test('says no more than is known', () => {
  expect(progressLine({ ...pull, totalBytes: null }, 0, 'en')).toBe(`[${'░'.repeat(24)}]  3.00 GB`);
  expect(progressLine({ ...pull, phase: 'checking' }, 0, 'sv')).toContain('på prov');
});

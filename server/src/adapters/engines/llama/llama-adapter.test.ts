import { expect, test } from 'vitest';

import { llamaAdapter, memoryLimitMb, threadsFor } from './llama-adapter.ts';

test.each([
  [1_600_000, 16, 1],
  [8_000_000_000, 16, 15],
  [8_000_000_000, 2, 1],
  [8_000_000_000, 1, 1],
])('%d parameters on %d cores get %d threads: one core stays free', (parameters, cores, threads) => {
  expect(threadsFor(parameters, cores)).toBe(threads);
});

test('memory is limited by weights and cache, with room', () => {
  const ministral = { sizeBytes: 5 * 2 ** 30, cacheBytesPerToken: 128 * 1024 };
  expect(memoryLimitMb(ministral, 8192)).toBe(512 + 1.5 * (5 * 1024 + 1024));
  expect(memoryLimitMb({ sizeBytes: 1, cacheBytesPerToken: 0 }, 0)).toBe(513);
});

test('a stored configuration becomes a child, its socket and nothing else', () => {
  const config = {
    modelPath: '/m.gguf',
    contextTokens: 512,
    parameters: 1000,
    sizeBytes: 1000,
    cacheBytesPerToken: 10,
  };
  const deployment = { deploymentId: 'd', model: 'm', config };
  expect(llamaAdapter.child(deployment)).toMatchObject({
    kind: 'llama',
    model: 'm',
    options: { modelPath: '/m.gguf', contextTokens: 512, slots: 2, threads: 1 },
  });
  expect(llamaAdapter.endpoint(deployment, { runDir: '/run' })).toEqual({
    kind: 'llama',
    origin: { socketPath: '/run/engine-d.sock' },
    basePath: '/v1',
    engineModel: 'm',
  });
  expect(() => llamaAdapter.child({ ...deployment, config: { ...config, slots: 0 } })).toThrow(
    expect.objectContaining({ code: 'engine.config_invalid', path: 'engine.slots' }),
  );
});

import { defineConfig } from 'vitest/config';

/** `npm test` runs the project `unit`; `npm run test:system` runs `system` (Chromium, namespaces; see DESIGN §8);
 * `npm run prove` runs what needs more than CI has. */
export default defineConfig({
  test: {
    isolate: false,
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ['server/test/global-setup.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            'packages/*/src/**/*.test.ts',
            'server/src/**/*.test.ts',
            'server/test/**/*.test.ts',
            'console/src/**/*.test.ts',
            'tools/**/*.test.ts',
            'bench/**/*.test.ts',
          ],
          exclude: ['**/*.system.test.ts', '**/*.proof.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['**/*.system.test.ts'],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: { name: 'proof', include: ['**/*.proof.test.ts'], exclude: ['**/node_modules/**'] },
      },
    ],
  },
});

import { z } from 'zod';

import type { EngineAdapter } from '../../../core/engine/engine.ts';
import { childEndpoint, parseEngineConfig } from '../engine-config.ts';
import { loadOfChild, probeChild } from '../engine-probe.ts';

const scriptedConfig = z.strictObject({
  scriptPath: z.string().min(1),
  contextTokens: z.int().min(8).default(4096),
  slots: z.int().min(1).max(256).default(4),
  queueLimit: z.int().min(0).max(10_000).default(32),
});

const MEMORY_LIMIT_MB = 512;

export const scriptedAdapter: EngineAdapter = {
  kind: 'scripted',
  parseConfig: (value) => parseEngineConfig(scriptedConfig, value),
  endpoint: ({ deploymentId, model }, { runDir }) => childEndpoint('scripted', model, runDir, deploymentId),
  child: ({ deploymentId, model, config }) => ({
    deploymentId,
    model,
    kind: 'scripted',
    memoryLimitMb: MEMORY_LIMIT_MB,
    options: parseEngineConfig(scriptedConfig, config),
  }),
  probe: probeChild,
  load: loadOfChild,
};

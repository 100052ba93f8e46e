import { KulningError } from '@kulning/sdk';
import type { z } from 'zod';

import { engineSocketPath, type EngineEndpoint, type EngineKind } from '../../core/engine/engine.ts';

/** @throws KulningError `engine.config_invalid` with the path of the first wrong field */
export function parseEngineConfig<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new KulningError({
    code: 'engine.config_invalid',
    status: 400,
    message: issue?.message ?? 'the configuration is not valid',
    path: ['engine', ...(issue?.path ?? [])].join('.'),
  });
}

/** Where a child of this machine answers. */
export function childEndpoint(
  kind: EngineKind,
  model: string,
  runDir: string,
  deploymentId: string,
): EngineEndpoint {
  return {
    kind,
    origin: { socketPath: engineSocketPath(runDir, deploymentId) },
    basePath: '/v1',
    engineModel: model,
  };
}

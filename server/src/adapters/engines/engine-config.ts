import { inEachLanguage, KulningError } from '@kulning/sdk';
import { z } from 'zod';

import { engineSocketPath, type EngineEndpoint, type EngineKind } from '../../core/engine/engine.ts';
import { issueSentence } from '../../platform/issue-words.ts';
import { engineWords } from './engine-words.ts';

/** @throws KulningError `engine.config_invalid` with the path of the first wrong field */
export function parseEngineConfig<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues as [z.core.$ZodIssue];
  const path = ['engine', ...issue.path].map(String).join('.');
  const said = issueSentence(issue, path, [engineWords.httpAddress, engineWords.addressForbidden]);
  throw new KulningError({
    code: 'engine.config_invalid',
    status: 400,
    text: inEachLanguage((language) => ({ message: said[language] })),
    path,
  });
}

/** What a file is deployed for, with its adapters; a comma or colon in a path would end it on llama-server's command line. */
export const fileUse = {
  serves: z.enum(['chat', 'embeddings', 'rerank']).default('chat'),
  lora: z
    .array(
      z.strictObject({
        path: z.string().regex(/^[^,:]+$/u),
        scale: z.number(),
        digest: z.string().optional(),
        sizeBytes: z.int().optional(),
      }),
    )
    .max(8)
    .default([]),
};

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

import { batchEndpoints, KulningError } from '@kulning/sdk';
import { z } from 'zod';

import { expirySecondsOf, listObject } from '../files/index.ts';
import type { Resource, ResourceCall } from '../gateway/index.ts';
import type { BatchRequest, BatchService } from './batch-service.ts';
import { batchObject } from './batch-views.ts';
import { batchWords } from './batch-words.ts';

const MOST_BODY_BYTES = 64 * 1024;
const MOST_LISTED = 100;

/** OpenAI knows `24h` alone; a week is the most that a promise is worth here. */
const completionWindow = /^(?:[1-9]|[1-9]\d|1[0-5]\d|16[0-8])h$/;

const creation = z.object({
  input_file_id: z.string().min(1).max(100),
  endpoint: z.enum(batchEndpoints),
  completion_window: z.string().regex(completionWindow),
  metadata: z
    .record(z.string().max(64), z.string().max(512))
    .refine((metadata) => Object.keys(metadata).length <= 16)
    .nullish(),
  output_expires_after: z.object({ anchor: z.string(), seconds: z.number() }).nullish(),
});

/** `/v1/batches` as OpenAI's clients speak it. */
export function batchResources(batches: BatchService): Resource[] {
  return [
    {
      method: 'POST',
      path: /^\/v1\/batches$/,
      scope: 'batches:write',
      async serve(call) {
        const refusal = call.ingress();
        if (refusal) return call.refuse(refusal);
        call.json(batchObject(await batches.create(await requestOf(call)), call.language));
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/batches$/,
      scope: 'batches:read',
      async serve({ organisation, language, query, json }) {
        const limit = Number(query.get('limit') ?? 20);
        if (!Number.isInteger(limit) || limit < 1 || limit > MOST_LISTED)
          throw new KulningError({
            code: 'query.wrong',
            status: 400,
            path: 'limit',
            text: batchWords.limitWrong(MOST_LISTED),
          });
        const page = { limit, after: query.get('after') ?? undefined };
        const { batches: found, more } = await batches.list(organisation.id, page);
        const data = found.map((batch) => batchObject(batch, language));
        json(listObject(data, more));
      },
    },
    {
      method: 'GET',
      path: /^\/v1\/batches\/([\w-]{1,100})$/,
      scope: 'batches:read',
      serve: async ({ organisation, language, params: [id = ''], json }) =>
        json(batchObject(await batches.get(organisation.id, id), language)),
    },
    {
      method: 'POST',
      path: /^\/v1\/batches\/([\w-]{1,100})\/cancel$/,
      scope: 'batches:write',
      serve: async ({ organisation, language, params: [id = ''], json }) =>
        json(batchObject(await batches.cancel(organisation.id, id), language)),
    },
  ];
}

/** @throws KulningError 400 with the field that is wrong, 403 for a key that may not make calls */
async function requestOf(call: ResourceCall): Promise<BatchRequest> {
  const { key, organisation, dataClass, purpose, language } = call;
  if (!key.scopes.has('calls:create'))
    throw new KulningError({ code: 'scope_missing', status: 403, text: batchWords.callsScope });
  const parsed = creation.safeParse(jsonOf(await call.body(MOST_BODY_BYTES)));
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.map(String).join('.') ?? '';
    const text = field === '' ? batchWords.bodyWrong : batchWords.fieldWrong(field);
    throw new KulningError({ code: 'batch.wrong', status: 400, path: field, text });
  }
  const { data } = parsed;
  return {
    organisationId: organisation.id,
    keyId: key.id,
    dataClass,
    purpose,
    language,
    endpoint: data.endpoint,
    inputFileId: data.input_file_id,
    completionWindow: data.completion_window,
    outputSeconds: data.output_expires_after ? expirySecondsOf(data.output_expires_after) : undefined,
    metadata: data.metadata ?? {},
  };
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined; // told like any other body that is no object
  }
}

import { z } from 'zod';

import type { Operation } from './contract/operation.ts';

type JsonObject = Record<string, unknown>;

const errorSchema: JsonObject = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'retryable'],
      properties: {
        code: { type: 'string', description: 'Stable; branch on this.' },
        message: { type: 'string' },
        hint: { type: 'string', description: 'What to do now.' },
        retryable: { type: 'boolean' },
        path: { type: 'string', description: 'The field that is wrong.' },
        requestId: { type: 'string' },
      },
    },
  },
};

/** The contract as an OpenAPI 3.1 document (JSON Schema 2020-12, as zod writes it). */
export function openApiDocument(operations: readonly Operation[], version: string): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const operation of operations)
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = describe(operation);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Kulning',
      version,
      description: 'The admin API. The OpenAI-compatible API is the gateway’s, under /v1.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Error: errorSchema },
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key (kln_…).' },
        session: { type: 'apiKey', in: 'cookie', name: 'kulning_session' },
      },
    },
  };
}

function describe(operation: Operation): JsonObject {
  const body = operation.body && {
    required: true,
    content: { 'application/json': { schema: schemaOf(operation.body, 'input') } },
  };
  return {
    operationId: operation.id,
    summary: operation.summary,
    tags: [operation.id.split('.')[0]],
    ...(operation.scope !== 'none' && {
      security: [{ key: [operation.scope] }, { session: [operation.scope] }],
      'x-kulning-scope': operation.scope,
    }),
    parameters: [...parametersOf(operation.params, 'path'), ...parametersOf(operation.query, 'query')],
    ...(body && { requestBody: body }),
    responses: {
      200: {
        description: 'Done.',
        content:
          operation.file === undefined
            ? { 'application/json': { schema: schemaOf(operation.result, 'output') } }
            : { [operation.file]: {} },
      },
      default: {
        description: 'It could not be done, and why.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function parametersOf(schema: z.ZodObject | undefined, where: 'path' | 'query'): JsonObject[] {
  if (!schema) return [];
  const json = schemaOf(schema, 'input') as {
    properties?: Record<string, JsonObject>;
    required?: readonly string[];
  };
  return Object.entries(json.properties ?? {}).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || (json.required ?? []).includes(name),
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return json;
}

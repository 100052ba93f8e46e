import { basename } from 'node:path';

import { KulningError, type ModelAddition } from '@kulning/sdk';

import type { EngineKind, EngineProbe } from '../../core/engine/engine.ts';
import type { ModelsContext } from './model-context.ts';
import { modelErrorWords } from './model-error-words.ts';
import { termsOf } from './catalogue.ts';
import { examineFile } from './model-file-source.ts';
import { licenceOf, misplaced, nameFrom, type ModelVersion } from './model.ts';

/** A source that was looked at and works: what to store for it. */
export interface ExaminedSource {
  readonly name: string;
  readonly version: Omit<ModelVersion, 'id' | 'modelId' | 'createdAt'>;
  readonly engineKind: EngineKind;
  readonly engineConfig: unknown;
}

/** What can be said of a source without looking at it. */
export interface SourceKind {
  readonly isServer: boolean;
  /** Another machine, or maybe one: only a person knows at which site it stands. */
  readonly elsewhere: boolean;
}

export function kindOf(source: string): SourceKind {
  const isServer = /^https?:\/\//iu.test(source);
  const hostname = isServer ? (URL.parse(source)?.hostname ?? '') : '';
  return { isServer, elsewhere: isServer && !isLoopback(hostname) };
}

const PROBE_TIMEOUT_MS = 10_000;

/** @throws KulningError that says what is wrong with the file or server, before anything is stored */
export function examineSource(
  context: ModelsContext,
  addition: ModelAddition,
  signal: AbortSignal,
): Promise<ExaminedSource> {
  return kindOf(addition.source).isServer
    ? examineServer(context, addition, signal)
    : examineFile(context, addition, signal);
}

async function examineServer(
  context: ModelsContext,
  addition: ModelAddition,
  signal: AbortSignal,
): Promise<ExaminedSource> {
  for (const field of ['serves', 'lora'] as const)
    if (addition[field] !== undefined) throw misplaced(field, modelErrorWords.fileAlone);
  const { baseUrl, probe } = await probeServer(context, addition, signal);
  const engineModel = addition.engineModel ?? onlyModel(probe);
  const served = probe.models.find((model) => model.id === engineModel);
  const contextTokens = addition.contextTokens ?? served?.contextTokens;
  return {
    name: addition.name ?? nameFrom(basename(engineModel).replace(/\.gguf$/iu, '')),
    version: {
      digest: null,
      format: 'remote',
      architecture: null,
      parameters: null,
      sizeBytes: null,
      contextTokens: contextTokens ?? null,
      licence: licenceOf(
        addition.licence,
        undefined,
        termsOf(context.catalogue, [addition.name, engineModel]),
      ),
      card: {
        server: probe.capabilities.server ?? 'unknown',
        tools: probe.capabilities.tools,
        jsonSchema: probe.capabilities.jsonSchema,
      },
    },
    engineKind: 'openai-http',
    engineConfig: context.engines['openai-http'].parseConfig({
      baseUrl,
      engineModel,
      ...(contextTokens !== undefined && { contextTokens }),
    }),
  };
}

/** As given, and with `/v1` after it: people copy the address without. The first error is the one that counts. */
async function probeServer(
  { engines }: ModelsContext,
  { source, apiKey, engineModel = '' }: ModelAddition,
  signal: AbortSignal,
): Promise<{ baseUrl: string; probe: EngineProbe }> {
  const adapter = engines['openai-http'];
  const given = source.replace(/\/+$/u, '');
  const attempt = async (baseUrl: string) => {
    adapter.parseConfig({ baseUrl, engineModel: engineModel || 'any' });
    const deployment = {
      deploymentId: '',
      model: '',
      config: { baseUrl, engineModel: engineModel || 'any' },
    };
    const place = { runDir: '', ...(apiKey !== undefined && { secret: apiKey }) };
    const endpoint = { ...adapter.endpoint(deployment, place), engineModel };
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]);
    return { baseUrl, probe: await adapter.probe(endpoint, timeout) };
  };
  try {
    return await attempt(given);
  } catch (error) {
    const mayLackPath =
      error instanceof KulningError && error.code === 'engine.not_openai' && !given.endsWith('/v1');
    if (!mayLackPath) throw error;
    return attempt(`${given}/v1`);
  }
}

function onlyModel({ models }: EngineProbe): string {
  const [first] = models;
  if (first !== undefined && models.length === 1) return first.id;
  const some = models
    .slice(0, 8)
    .map((model) => model.id)
    .join(', ');
  throw new KulningError({
    code: first === undefined ? 'engine.no_models' : 'engine.several_models',
    status: 400,
    text:
      first === undefined ? modelErrorWords.servesNone : modelErrorWords.servesSeveral(models.length, some),
    path: 'engineModel',
  });
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/u.test(hostname);
}

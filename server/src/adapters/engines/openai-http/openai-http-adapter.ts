import { isIP } from 'node:net';

import { KulningError } from '@kulning/sdk';
import { z } from 'zod';

import type { EngineAdapter, EngineEndpoint, EngineProbe } from '../../../core/engine/engine.ts';
import { nearestNames } from '../../../core/engine/nearest-name.ts';
import { mayConnect } from '../../../platform/engine-host/engine-address.ts';
import { getFromEngine, type EngineReply } from '../engine-client.ts';
import { parseEngineConfig } from '../engine-config.ts';
import { loadOfServer } from '../engine-probe.ts';
import { capabilitiesOf, serverOf } from '../server-quirks.ts';
import { engineWords } from '../engine-words.ts';

/** Any server that speaks the OpenAI API: vLLM, SGLang, llama-server, Ollama, another Kulning. */
const openAiHttpConfig = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/u, error: engineWords.httpAddress.en })
    .refine(mayBeEngine, engineWords.addressForbidden.en)
    .describe('address up to and including /v1'),
  engineModel: z.string().min(1).max(300),
  /** Said by the server or the operator; unknown if neither did. */
  contextTokens: z.int().min(1).optional(),
});

/** Names are judged again each time they are resolved; an address given as such is judged here, once. */
function mayBeEngine(baseUrl: string): boolean {
  const host = URL.parse(baseUrl)?.hostname.replaceAll(/[[\]]/gu, '') ?? '';
  return isIP(host) === 0 || mayConnect(host, host);
}

const modelList = z.looseObject({
  data: z.array(
    z.looseObject({
      id: z.string(),
      owned_by: z.string().optional(),
      max_model_len: z.int().optional(),
      context_length: z.int().optional(),
      meta: z.looseObject({ n_ctx_train: z.int().optional(), n_ctx: z.int().optional() }).nullish(),
    }),
  ),
});

export const openAiHttpAdapter: EngineAdapter = {
  kind: 'openai-http',
  parseConfig: (value) => parseEngineConfig(openAiHttpConfig, value),
  endpoint({ config }, { secret }) {
    const { baseUrl, engineModel } = parseEngineConfig(openAiHttpConfig, config);
    return remoteEndpoint(baseUrl, engineModel, secret);
  },
  child: () => undefined,
  probe: probeServer,
  load: loadOfServer,
};

/** @param baseUrl with or without a trailing slash; what stands after the host is the base path */
export function remoteEndpoint(
  baseUrl: string,
  engineModel: string,
  secret: string | undefined,
): EngineEndpoint {
  const url = new URL(baseUrl);
  return {
    kind: 'openai-http',
    origin: { url: url.origin },
    basePath: url.pathname.replace(/\/+$/u, ''),
    engineModel,
    ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
  };
}

/**
 * Lists the models, with the time it took, and checks that the configured one is among them. An empty
 * `engineModel` asks for any.
 */
async function probeServer(endpoint: EngineEndpoint, signal: AbortSignal): Promise<EngineProbe> {
  const startedAt = performance.now();
  const reply = await getFromEngine(endpoint, `${endpoint.basePath}/models`, signal);
  const latencyMs = Math.round(performance.now() - startedAt);
  const { data } = modelsOf(endpoint, reply);
  const models = data.map((model) => {
    const contextTokens =
      model.max_model_len ?? model.context_length ?? model.meta?.n_ctx ?? model.meta?.n_ctx_train;
    return { id: model.id, ...(contextTokens !== undefined && { contextTokens }) };
  });
  if (endpoint.engineModel !== '')
    requireModel(
      endpoint.engineModel,
      models.map((model) => model.id),
    );
  const server = serverOf(
    data.map((model) => model.owned_by),
    reply.headers['server'],
  );
  const contextTokens = models.find((model) => model.id === endpoint.engineModel)?.contextTokens;
  return {
    latencyMs,
    models,
    capabilities: {
      ...(await capabilitiesOf(server, endpoint, signal)),
      ...(contextTokens !== undefined && { contextTokens }),
    },
  };
}

function modelsOf(endpoint: EngineEndpoint, reply: EngineReply): z.output<typeof modelList> {
  if (reply.status === 401 || reply.status === 403) {
    throw new KulningError({
      code: 'engine.unauthorized',
      status: 502,
      text: (endpoint.authorization === undefined ? engineWords.keyNeeded : engineWords.keyRefused)(
        reply.status,
      ),
      path: 'apiKey',
    });
  }
  const parsed = reply.status === 200 ? modelList.safeParse(jsonOf(reply.text)) : undefined;
  if (parsed?.success === true) return parsed.data;
  throw new KulningError({
    code: 'engine.not_openai',
    status: 502,
    text: engineWords.notOpenAi(`${endpoint.basePath}/models`, reply.status),
    path: 'source',
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function requireModel(wanted: string, served: readonly string[]): void {
  if (served.includes(wanted)) return;
  const near = nearestNames(wanted, served);
  throw new KulningError({
    code: 'engine.model_not_served',
    status: 502,
    text: engineWords.modelNotServed(wanted, (near.length > 0 ? near : served).slice(0, 5).join(', ')),
    path: 'engineModel',
  });
}

import { z } from 'zod';

import {
  abilitiesOf,
  unknownAbilities,
  wantsNineCharacterIds,
  type EngineCapabilities,
  type EngineEndpoint,
} from '../../core/engine/engine.ts';
import { getFromEngine } from './engine-client.ts';
import { ownCapabilities } from './engine-probe.ts';

/** What servers call themselves in `owned_by` of their model list, or in their Server header. */
const SERVERS: readonly (readonly [mark: string, server: string])[] = [
  ['llamacpp', 'llama.cpp'],
  ['llama.cpp', 'llama.cpp'],
  ['vllm', 'vLLM'],
  ['sglang', 'SGLang'],
  ['kulning', 'Kulning'],
  ['library', 'Ollama'],
];

export function serverOf(
  owners: readonly (string | undefined)[],
  header: string | string[] | undefined,
): string | undefined {
  const marks = [...owners, header]
    .filter((mark) => typeof mark === 'string')
    .map((mark) => mark.toLowerCase());
  return SERVERS.find(([mark]) => marks.includes(mark))?.[1];
}

const llamaProps = z.looseObject({
  total_slots: z.int().optional(),
  chat_template: z.string().optional(),
  chat_template_caps: z.looseObject({ supports_tools: z.boolean().optional() }).optional(),
  default_generation_settings: z.looseObject({ n_ctx: z.int().min(1).optional() }).optional(),
});
const kulningHealth = z.looseObject({ slots: z.int().optional(), capabilities: ownCapabilities });

/** Of a server that makes text; whether it also embeds or ranks hangs on the model, and an answer says it. */
const textAbilities = { ...unknownAbilities, chat: true, completions: true } as const;

/**
 * What the server can do, as far as it says so. llama-server ignores `tools` in silence when its template has none,
 * so its `/props` is asked; vLLM and SGLang enforce schemas; of others nothing is assumed.
 */
export async function capabilitiesOf(
  server: string | undefined,
  endpoint: EngineEndpoint,
  signal: AbortSignal,
): Promise<EngineCapabilities> {
  if (server === 'llama.cpp') {
    const props = llamaProps.safeParse(await optionalJson(endpoint, '/props', signal)).data;
    const supported = props?.chat_template_caps?.supports_tools;
    const contextTokens = props?.default_generation_settings?.n_ctx; // Of one slot.
    return {
      ...textAbilities,
      // It has the path, but its events lack what clients of OpenAI demand (`output`, `output_index`): ours do not.
      responses: false,
      fim: false, // It has /infill, which is another shape.
      tools: supported === undefined ? 'unknown' : supported ? 'native' : 'none',
      jsonSchema: true,
      lora: 'unknown',
      server,
      ...(props?.chat_template !== undefined && {
        nineCharacterIds: wantsNineCharacterIds(props.chat_template),
      }),
      ...(props?.total_slots !== undefined && { slots: props.total_slots }),
      ...(contextTokens !== undefined && { contextTokens }),
    };
  }
  if (server === 'Kulning') {
    const health = kulningHealth.safeParse(await optionalJson(endpoint, '/health', signal)).data;
    if (health !== undefined) {
      const { contextTokens: _, ...able } = health.capabilities;
      return { ...able, server, ...(health.slots !== undefined && { slots: health.slots }) };
    }
    return { ...abilitiesOf('chat'), tools: 'native', jsonSchema: true, lora: false, server };
  }
  const enforces = server === 'vLLM' || server === 'SGLang';
  return {
    ...(server === undefined ? { ...unknownAbilities, chat: true } : textAbilities),
    ...(server === 'vLLM' && { responses: true }),
    ...(enforces && { fim: false }),
    tools: 'unknown',
    jsonSchema: enforces ? true : 'unknown',
    lora: 'unknown',
    ...(server !== undefined && { server }),
  };
}

/** A page that a server may or may not have; its absence means that nothing is known. */
async function optionalJson(endpoint: EngineEndpoint, path: string, signal: AbortSignal): Promise<unknown> {
  const reply = await getFromEngine(endpoint, path, signal);
  if (reply.status !== 200) return undefined;
  try {
    return JSON.parse(reply.text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

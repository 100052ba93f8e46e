import { fileURLToPath } from 'node:url';

import type { EngineAdapter, EngineKind, EngineSpec } from '../../core/engine/engine.ts';
import { llamaAdapter } from './llama/llama-adapter.ts';
import { llamaServerAdapter } from './llama-server/llama-server-adapter.ts';
import { openAiHttpAdapter } from './openai-http/openai-http-adapter.ts';
import { scriptedAdapter } from './scripted/scripted-adapter.ts';

/** Every engine that Kulning knows: one line each. */
export const engineAdapters: Readonly<Record<EngineKind, EngineAdapter>> = {
  llama: llamaAdapter,
  'llama-server': llamaServerAdapter,
  'openai-http': openAiHttpAdapter,
  scripted: scriptedAdapter,
};

/** The child program of each engine that is a process of ours, for the engine host. */
export const enginePrograms: Readonly<Record<EngineSpec['kind'], string>> = {
  llama: fileURLToPath(new URL('llama/llama-child.ts', import.meta.url)),
  'llama-server': fileURLToPath(new URL('llama-server/llama-server-child.ts', import.meta.url)),
  scripted: fileURLToPath(new URL('scripted/scripted-child.ts', import.meta.url)),
};

import { runEngineChild } from '../../../platform/engine-host/engine-child.ts';
import { openLlamaBackend } from './llama-backend.ts';

await runEngineChild('llama', (spec) => openLlamaBackend(spec.model, spec.options));

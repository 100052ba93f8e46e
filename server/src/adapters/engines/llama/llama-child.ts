import { runEngineChild } from '../../../platform/engine-host/engine-child.ts';
import { openLlama } from './llama-engine.ts';

await runEngineChild('llama', (spec) => openLlama(spec.model, spec.options));

import { runEngineChild } from '../../../platform/engine-host/engine-child.ts';
import { openScriptedBackend } from './scripted-backend.ts';

await runEngineChild('scripted', async (spec) => openScriptedBackend(spec.model, spec.options));

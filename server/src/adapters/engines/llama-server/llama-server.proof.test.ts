import { fileFixtures, fixtureGguf } from '../../../../../tools/fixture-gguf.ts';
import { llamaServerBehaviour } from '../engine-conformance-behaviour.ts';
import { openChild } from '../engine-conformance-child.ts';
import { generatedByLlamaServer } from '../engine-conformance-client.ts';
import { describeFileUses } from '../engine-conformance-files.ts';
import { describeEngine, type ConformanceSubject } from '../engine-conformance.ts';
import { engineAdapters } from '../index.ts';

/** Of a real server, built or given: npm run prove llama-server */
const llamaServer = process.env['KULNING_LLAMA_SERVER'] ?? '';
if (llamaServer === '') throw new Error('KULNING_LLAMA_SERVER names no llama-server');

const limits = { contextTokens: 2048, slots: 2 };

async function open(): Promise<ConformanceSubject> {
  const modelPath = fixtureGguf({ ending: 'never', dimension: 128, layers: 4, callToken: true });
  const facts = { parameters: 1, sizeBytes: 1e9, cacheBytesPerToken: 0 };
  const child = await openChild('llama-server', { modelPath, ...limits, ...facts }, { llamaServer });
  return {
    ...child,
    ...limits,
    queueLimit: 3,
    generatedTokens: () => generatedByLlamaServer(child.endpoint),
    prompts: {
      plain: 'the invoice',
      endless: 'talk forever',
      tool: 'book a day',
      slow: 'the order is in the data '.repeat(70),
    },
    // Text may precede a call, and calls may follow it: what a trained model does of itself (4 is `<|im_end|>`).
    toolExtras: {
      parallel_tool_calls: false,
      logit_bias: [
        ['<tool_call>', 60],
        [4, 130],
      ],
    },
    jsonSchema: true,
  };
}

describeFileUses('llama-server', fileFixtures(), { llamaServer });
describeEngine('llama-server', engineAdapters['llama-server'], open, llamaServerBehaviour);

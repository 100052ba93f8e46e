import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { LoadBoard, readLoad } from './load-signal.ts';

/** From the documentation and sources of each server. */
const pages = {
  vLLM: `# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="mistralai/Mistral-Small-3.2"} 3.0
vllm:num_requests_running{engine="1",model_name="mistralai/Mistral-Small-3.2"} 2.0
vllm:num_requests_waiting{engine="0",model_name="mistralai/Mistral-Small-3.2"} 1.0
vllm:kv_cache_usage_perc{engine="0",model_name="mistralai/Mistral-Small-3.2"} 0.25
vllm:kv_cache_usage_perc{engine="1",model_name="mistralai/Mistral-Small-3.2"} 0.5`,
  'an older vLLM': `vllm:num_requests_running{model_name="m"} 1.0
vllm:num_requests_waiting{model_name="m"} 0.0
vllm:gpu_cache_usage_perc{model_name="m"} 0.125`,
  'llama-server': `# HELP llamacpp:requests_processing Number of requests processing
# TYPE llamacpp:requests_processing gauge
llamacpp:requests_processing 2
# TYPE llamacpp:requests_deferred gauge
llamacpp:requests_deferred 4`,
  SGLang: `sglang:num_running_reqs{model_name="m"} 7.0
sglang:num_queue_reqs{model_name="m"} 2826.0
sglang:token_usage{model_name="m"} 2.5e-1`,
  TGI: `tgi_batch_current_size 5
tgi_queue_size 6`,
};

test.each([
  ['vLLM', { running: 5, queued: 1, cacheUse: 0.5 }],
  ['an older vLLM', { running: 1, queued: 0, cacheUse: 0.125 }],
  ['llama-server', { running: 2, queued: 4 }],
  ['SGLang', { running: 7, queued: 2826, cacheUse: 0.25 }],
  ['TGI', { running: 5, queued: 6 }],
] as const)('reads the load of %s', (server, load) => {
  expect(readLoad(pages[server])).toEqual(load);
});

test('a page that says nothing of requests is no load, and none is ever negative or endless', () => {
  expect(readLoad('process_cpu_seconds_total 3')).toBeUndefined();
  expect(readLoad('llamacpp:requests_processing NaN')).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readLoad(text)).toBeUndefined();
    }),
  );
});

test('is believed until three answers in a row are missing', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (answers) => {
      const board = new LoadBoard();
      let missing = Infinity;
      answers.forEach((answered, running) => {
        if (answered) board.heard('a', { running, queued: 0 });
        else board.missed('a');
        missing = answered ? 0 : missing + 1;
        expect('a' in board.signals()).toBe(missing < 3);
      });
      board.keepOnly(new Set());
      expect(board.signals()).toEqual({});
    }),
  );
});

import { expect, test } from 'vitest';

import { normaliseEngineError } from './openai-error.ts';

/** Bodies from the documentation and sources of each server. */
const bodies = {
  'llama-server':
    '{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":6020,"n_ctx":4096}}',
  vLLM: '{"object":"error","message":"This model\'s maximum context length is 4096 tokens. However, you requested 6020 tokens (6010 in the messages, 10 in the completion).","type":"BadRequestError","param":null,"code":400}',
  OpenAI:
    '{"error":{"message":"This model\'s maximum context length is 4096 tokens. However, your messages has 6020 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}',
};

test.each(Object.entries(bodies))('a prompt that is too long reads the same from %s', (_, body) => {
  const error = normaliseEngineError(400, body);
  expect(error.message).toBe('prompt has 6020 tokens, the model takes 4096');
  expect(error.body.error).toMatchObject({
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: 'messages',
  });
});

test.each([
  [404, '{"error":"model \\"x\\" not found"}', 'model "x" not found', 'invalid_request_error'],
  [
    422,
    '{"detail":"temperature must be at most 2"}',
    'temperature must be at most 2',
    'invalid_request_error',
  ],
  [429, '{"error":{"message":"slow down","code":"rate_limited"}}', 'slow down', 'rate_limit_error'],
  [502, '<html>Bad Gateway</html>', '<html>Bad Gateway</html>', 'server_error'],
  [500, '', 'the engine answered 500', 'server_error'],
  [500, '[1]', '[1]', 'server_error'],
])('%d with %s keeps the words of the server', (status, text, message, type) => {
  const error = normaliseEngineError(status, text);
  expect(error.status).toBe(status);
  expect(error.body.error).toMatchObject({ message, type });
});

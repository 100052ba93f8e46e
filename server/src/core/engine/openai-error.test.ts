import { expect, test } from 'vitest';

import { languages } from '../policy/rule.ts';
import { normaliseEngineError, promptTooLong } from './openai-error.ts';

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
  expect(error.message).toBe('The prompt has 6020 tokens; the model takes 4096.');
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
  [500, '', 'The engine answered 500 and said no more.', 'server_error'],
  [500, '[1]', '[1]', 'server_error'],
])('%d with %s keeps the words of the server', (status, text, message, type) => {
  const error = normaliseEngineError(status, text);
  expect(error.status).toBe(status);
  expect(error.body.error).toMatchObject({ message, type });
});

test.each([
  'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
  '[json.exception.parse_error.101] parse error at line 1, column 15: syntax error while parsing value',
  'Failed to parse tool call arguments as JSON: [json.exception.parse_error.101] parse error',
])('llama-server calls it 500, and it is the caller’s: %s (recorded)', (message) => {
  const error = normaliseEngineError(
    500,
    JSON.stringify({ error: { code: 500, message, type: 'server_error' } }),
  );
  expect(error).toMatchObject({ status: 400, message });
  expect(error.body.error).toMatchObject({ type: 'invalid_request_error', code: null });
});

test('a text to embed that is too long reads the same from llama-server (recorded)', () => {
  const message =
    'input (3001 tokens) is too large to process. increase the physical batch size (current batch size: 256)';
  const error = normaliseEngineError(
    500,
    JSON.stringify({ error: { code: 500, message, type: 'server_error' } }),
  );
  expect(error).toMatchObject({ status: 400, message: 'The prompt has 3001 tokens; the model takes 256.' });
  expect(error.body.error).toMatchObject({ code: 'context_length_exceeded', param: 'input' });
});

test('a server that broke is not mended by its words', () => {
  const body = { error: { code: 500, message: 'failed to allocate memory', type: 'server_error' } };
  expect(normaliseEngineError(500, JSON.stringify(body)).status).toBe(500);
  expect(normaliseEngineError(502, '{"error":{"message":"image input is not supported"}}').status).toBe(502);
});

test('what an engine of ours says arrives in each language, with all that stands beside it', () => {
  const error = promptTooLong(20, 10, 'some');
  const arrived = normaliseEngineError(error.status, JSON.stringify(error.wire));
  for (const language of languages) {
    const { status, message, body } = arrived.in(language);
    expect({ status, message }).toEqual({ status: 400, message: error.said?.[language] });
    expect(body.error).toEqual({ ...error.body.error, message });
  }
});

test('what only looks like our words is a message like any other', () => {
  const body = { error: { message: 'no', said: { en: 'no', fr: 3 } } };
  expect(normaliseEngineError(400, JSON.stringify(body))).toMatchObject({ message: 'no', said: undefined });
});

import { describe, expect, it } from 'vitest';

import { promptOf, withPrompt } from './prompt-body.ts';

const prompt = {
  messages: [{ role: 'system', content: 'Säg “hej”' }],
  model: 'herd',
  temperature: 0,
  maxTokens: 9,
  used: { id: 'prompt_1', version: 1, digest: 'hmac:x' },
};
const chat = '/v1/chat/completions';
const filledIn = (path: string, body: string, given: typeof prompt = prompt) =>
  withPrompt(path, Buffer.from(body), given).toString();
const bare = {
  ...prompt,
  model: undefined,
  temperature: undefined,
  maxTokens: undefined,
} as unknown as typeof prompt;

describe('a request that names a template', () => {
  it('is known by an object of that name, where a path has templates', () => {
    expect(promptOf(chat, Buffer.from('{"model":"m","prompt":{"id":"å"}}'))).toEqual({ id: 'å' });
    expect(promptOf(chat, Buffer.from('{"prompt":"text"}'))).toBeUndefined();
    expect(promptOf('/v1/completions', Buffer.from('{"prompt":{"id":"a"}}'))).toBeUndefined();
    expect(promptOf(chat, Buffer.from('{"messages":[{"content":"\\"prompt\\":{}"}]}'))).toBeUndefined();
    expect(promptOf(chat, Buffer.from('{"prompt":{'))).toBeUndefined();
    expect(promptOf(chat, Buffer.from('"prompt"'))).toBeUndefined();
  });

  it('gets the messages before its own, and what it does not say itself', () => {
    expect(
      JSON.parse(
        filledIn(chat, '{"prompt":{"id":"a"},"messages":[{"role":"user","content":"å"}],"n":1e400}').replace(
          '1e400',
          '1',
        ),
      ),
    ).toEqual({
      messages: [...prompt.messages, { role: 'user', content: 'å' }],
      model: 'herd',
      temperature: 0,
      max_tokens: 9,
      n: 1,
    });
    expect(
      JSON.parse(
        filledIn(chat, '{"model":"own","temperature":1,"max_completion_tokens":2,"prompt":{"id":"a"}}'),
      ),
    ).toEqual({
      model: 'own',
      temperature: 1,
      max_completion_tokens: 2,
      messages: prompt.messages,
    });
    for (const own of ['"messages":[]', '"messages": [ ]', '"messages":null', '"stop":null'])
      expect(JSON.parse(filledIn(chat, `{"prompt":{"id":"a"},${own}}`))).toMatchObject({
        messages: prompt.messages,
      });
  });

  it('loses the name of the template wherever it stands, and nothing else', () => {
    const messages = '"messages":[{"role":"user","content":"x"}]';
    for (const body of [
      `{"prompt":{"id":"a"},${messages}}`,
      `{${messages} , "prompt" : {"id":"a"} }`,
      `{"x":1,"prompt":{"id":"a"},${messages}}`,
    ]) {
      const plain = JSON.parse(filledIn(chat, body, bare)) as object;
      expect(plain).not.toHaveProperty('prompt');
      expect(plain).toMatchObject({ messages: [...prompt.messages, { role: 'user', content: 'x' }] });
    }
  });

  it('of the Responses API takes its input as it came', () => {
    const path = '/v1/responses';
    expect(JSON.parse(filledIn(path, '{"prompt":{"id":"a"},"input":"å\\n"}'))).toMatchObject({
      input: [...prompt.messages, { role: 'user', content: 'å\n' }],
      max_output_tokens: 9,
    });
    expect(JSON.parse(filledIn(path, '{"prompt":{"id":"a"},"input":[{"type":"reasoning"}]}'))).toMatchObject({
      input: [...prompt.messages, { type: 'reasoning' }],
    });
    expect(JSON.parse(filledIn(path, '{"prompt":{"id":"a"}}'))).toMatchObject({ input: prompt.messages });
  });
});

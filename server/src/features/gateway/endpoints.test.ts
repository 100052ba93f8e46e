import { array, assert, constantFrom, dictionary, jsonValue, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nineCharacterId } from '../../core/dialects/tool-call-id.ts';
import { type EngineCapabilities, type EngineEndpoint, unknownAbilities } from '../../core/engine/engine.ts';
import { endpoints } from './endpoints.ts';

const mark = { callId: 'call_00', at: 0 };
const known: EngineCapabilities = {
  ...unknownAbilities,
  chat: true,
  tools: 'native',
  jsonSchema: true,
  lora: false,
  server: 'llama.cpp',
};

/** What an engine with these capabilities gets for the text of a request. */
function passage(path: string, text: string, able: Partial<EngineCapabilities> = {}) {
  const engine: EngineEndpoint = {
    kind: 'openai-http',
    origin: { url: 'http://engine' },
    basePath: '/v1',
    engineModel: 'engine-model',
    capabilities: { ...known, ...able },
  };
  const { path: to, body } = endpoints.get(path)!.parse(Buffer.from(text), 'en').forEngine(engine, mark);
  return { to, text: body.toString() };
}
const chat = '/v1/chat/completions';
const messages = '[{"role":"user","content":"x"}]';
const tools = ['f', 'é'].map((name) => `{ "type":"function","function":{"name":"${name}","n":1.50} }`);
const withTools = (choice: string) =>
  `{"model":"engine-model", "messages":${messages},"tools": [${tools.join(', ')}] ,"tool_choice" : ${choice}}`;
const call = (id: string) => `{"id" : ${JSON.stringify(id)},"function":{"name":"f","arguments":"{}"}}`;

describe('a request on its way to an engine', () => {
  it('keeps every byte that needs no change', () => {
    const values = dictionary(
      string({ unit: 'grapheme' }).map((name) => `x_${name}`),
      jsonValue(),
      { maxKeys: 4 },
    );
    assert(
      property(values, constantFrom('', '\n ', '\t'), (more, space) => {
        const members = Object.entries(more).map(
          ([name, value]) => `${JSON.stringify(name)}:${space}${JSON.stringify(value, null, 1)}`,
        );
        const own = ['"temperature": 1.0', `"messages" :${messages}`, ...members].join(`,${space}`);
        const { text } = passage(chat, `{${space}"model":"herd",${own}${space}}`);
        expect(text).toBe(`{${space}"model":"engine-model",${own}${space}}`);
      }),
    );
  });

  it('says `required` for Mistral’s `any`', () => {
    expect(passage(chat, withTools('"any"')).text).toBe(withTools('"required"'));
  });

  it.each([
    ['llama.cpp', true],
    [undefined, true],
    ['vLLM', false],
  ])('holds only the tool that is named, for %s', (server, mended) => {
    const asked = withTools('{"type":"function","function":{"name":"é"}}');
    const only = withTools('"required"').replace(`[${tools.join(', ')}]`, () => `[${tools[1]}]`);
    const { server: _, ...rest } = known;
    const { text } = passage(chat, asked, server === undefined ? { ...rest, server: 'other' } : { server });
    expect(text).toBe(mended ? only : asked);
  });

  it.each([
    [withTools('{"type":"function","function":{"name":"g"}}'), {}, 'tool_choice'],
    [withTools('"auto"'), { tools: 'none' as const }, 'tools'],
    [withTools('"required"'), { tools: 'none' as const }, 'tools'],
  ])('is refused rather than misunderstood: %s', (text, able, param) => {
    expect(() => passage(chat, text, able)).toThrow(
      expect.objectContaining({ status: 400, body: { error: expect.objectContaining({ param }) } }),
    );
  });

  it('may have tools that it does not use, at a model that knows none', () => {
    expect(passage(chat, withTools('"none"'), { tools: 'none' }).text).toBe(withTools('"none"'));
  });

  it('has ids of nine characters where the template wants them, each result with its call', () => {
    assert(
      property(array(string(), { minLength: 1, maxLength: 4 }), (ids) => {
        const text = (named: readonly string[]) =>
          `{"messages":[{"role":"assistant","content":"\\"tool_call_id\\"","tool_calls":[${named.map(call).join(',')}]},${named
            .map((id) => `{"role":"tool", "tool_call_id":${JSON.stringify(id)}}`)
            .join()}],"model":"engine-model"}`;
        const nine = ids.map(nineCharacterId);
        expect(passage(chat, text(ids), { nineCharacterIds: true }).text).toBe(text(nine));
        expect(passage(chat, text(ids), { nineCharacterIds: false }).text).toBe(text(ids));
      }),
    );
  });

  it('for a response goes as it is to an engine that has them, and says that nothing is stored', () => {
    const asked = '{"input": "x","model":"herd","top_k":1.0}';
    expect(passage('/v1/responses', asked, { responses: true })).toEqual({
      to: '/responses',
      text: '{"input": "x","model":"engine-model","store":false,"top_k":1.0}',
    });
    const said = '{"input": "x","model":"engine-model","store" : null}';
    expect(passage('/v1/responses', said, { responses: true }).text).toBe(said.replace('null', 'false'));
    expect(passage('/v1/responses', asked)).toEqual({
      to: '/chat/completions',
      text: '{"top_k":1,"model":"engine-model","messages":[{"role":"user","content":"x"}]}',
    });
  });

  it('to fill in the middle goes as it is, or as a completion with a suffix where the path is unknown', () => {
    const asked = '{"model":"herd","prompt":"a","suffix":"b","random_seed":7}';
    const own = asked.replace('herd', 'engine-model');
    expect(passage('/v1/fim/completions', asked, { fim: true })).toEqual({
      to: '/fim/completions',
      text: own,
    });
    expect(passage('/v1/fim/completions', asked, { completions: true })).toEqual({
      to: '/completions',
      text: '{"model":"engine-model","prompt":"a","suffix":"b","seed":7}',
    });
  });
});

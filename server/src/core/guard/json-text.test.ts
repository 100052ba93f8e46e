import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { guardedJson } from './json-text.ts';

const masked = (text: string) => text.replaceAll(/secret|198507099805/g, '[X_1]');
const guarded = (value: unknown) => guardedJson(JSON.stringify(value), { text: masked });

describe('the texts of a JSON document', () => {
  it('are all seen, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(guardedJson(json, { text: (text) => text }).json).toBe(json);
        const upper = guardedJson(json, { text: (text) => `${text}!` }).json;
        expect(() => void JSON.parse(upper)).not.toThrow();
      }),
    );
  });

  it('keep the bytes around them, also of numbers that no program could write again', () => {
    const json = '{ "n":1e400, "big":123456789012345678901,\n "t" : "a secret\\u00e9" , "u":"\\u00e9" }';
    expect(guardedJson(json, { text: masked }).json).toBe(
      '{ "n":1e400, "big":123456789012345678901,\n "t" : "a [X_1]é" , "u":"\\u00e9" }',
    );
  });

  it('are found in every dialect’s places', () => {
    for (const body of [
      { messages: [{ role: 'user', content: 'secret' }] },
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'secret' }] }] },
      { prompt: ['secret'], suffix: 'secret' },
      { input: 'secret' },
      {
        input: [{ role: 'user', content: [{ type: 'input_text', text: 'secret' }] }],
        instructions: 'secret',
      },
      { system: [{ type: 'text', text: 'secret' }], messages: [] },
      { messages: [{ role: 'tool', tool_call_id: 'x', content: 'secret' }] },
      { tools: [{ function: { description: 'secret' } }] },
      { user: 'secret', metadata: { note: 'secret' } },
    ])
      expect(guarded(body).json).not.toContain('secret');
  });

  it('are not names of things, by which answers are tied to requests', () => {
    const body = { model: 'secret', messages: [{ tool_call_id: 'secret', id: 'secret', role: 'secret' }] };
    expect(guarded(body).json).toBe(JSON.stringify(body));
  });

  it('are everything within the arguments of a tool, which stay JSON', () => {
    const call = { function: { name: 'f', arguments: '{"id":"secret","pnr":198507099805,"n":12}' } };
    const { json } = guarded({ messages: [{ tool_calls: [call] }] });
    const [first] = (JSON.parse(json) as { messages: { tool_calls: (typeof call)[] }[] }).messages;
    expect(JSON.parse(first?.tool_calls[0]?.function.arguments ?? '')).toEqual({
      id: '[X_1]',
      pnr: '[X_1]',
      n: 12,
    });
    const use = { content: [{ type: 'tool_use', id: 'secret', input: { id: 'secret', type: 'secret' } }] };
    expect(guarded(use).json).toBe(
      '{"content":[{"type":"tool_use","id":"secret","input":{"id":"[X_1]","type":"[X_1]"}}]}',
    );
    expect(guarded({ arguments: '{"to":"secret' }).json).toBe('{"arguments":"{\\"to\\":\\"[X_1]"}');
  });

  it('are not files and token numbers: those are counted as not examined', () => {
    expect(
      guarded({
        messages: [
          {
            content: [
              { type: 'image_url', image_url: { url: 'data:image/png;base64,secret' } },
              { type: 'input_audio', input_audio: { data: 'secret', format: 'wav' } },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'secret' } },
              { type: 'file', file: { file_data: 'secret' } },
            ],
          },
        ],
      }).unexamined,
    ).toBe(4);
    expect(guarded({ prompt: [[1, 2, 3]] }).unexamined).toBe(1);
    expect(guarded({ messages: [{ content: 'none' }] }).unexamined).toBe(0);
  });

  it('go away with what would show them in pieces', () => {
    const rules = { text: masked, dropped: new Set(['logprobs']) };
    const json = '{"choices":[{"text":"a","logprobs":{"tokens":["sec","ret","}"]}}],"logprobs":true}';
    expect(guardedJson(json, rules).json).toBe('{"choices":[{"text":"a","logprobs":null}],"logprobs":true}');
  });
});

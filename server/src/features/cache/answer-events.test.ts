import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { AnswerCollector, eventsOf } from './answer-events.ts';

const head = { id: 'x', created: 1, model: 'm' };
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const event = (choices: object[], more: object = {}) =>
  `data: ${JSON.stringify({ ...head, choices, ...more })}\n\n`;
const collected = (stream: string, cuts: readonly number[] = []) => {
  const bytes = Buffer.from(stream);
  const collector = new AnswerCollector();
  let at = 0;
  for (const cut of [
    ...cuts.map((each) => each % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ]) {
    collector.push(bytes.subarray(at, cut));
    at = cut;
  }
  const whole = collector.whole();
  return whole === undefined ? undefined : (JSON.parse(whole) as object);
};

const whole = (index: number, text: string) => ({
  id: `call_${index}`,
  type: 'function',
  function: { name: 'f', arguments: text },
});
const call = (index: number, text: string) => ({ index, ...whole(index, text) });
const message = {
  role: 'assistant',
  reasoning_content: 'Hm…',
  content: 'Åh, “ja”',
  tool_calls: [whole(0, '{"a":1}'), whole(1, '{}')],
};
const chat = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
  usage,
};
const completion = {
  id: 'x',
  object: 'text_completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, text: 'Åh', finish_reason: 'stop' }],
  usage,
};

describe('an answer in one piece and in events', () => {
  it.each([chat, completion])('are the same answer, however the events are cut: %#', (answer) => {
    const stream = eventsOf(JSON.stringify(answer))?.toString() ?? '';
    expect(stream).toMatch(/data: \[DONE\]\n\n$/);
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { maxLength: 20 }), (cuts) => {
        expect(collected(stream, cuts)).toEqual(answer);
      }),
      { numRuns: 100 },
    );
  });

  it('is gathered from as many pieces as an engine makes', () => {
    const pieces = ['Åh', ', ', 'ja']
      .map((content) => event([{ index: 0, delta: { content }, finish_reason: null }]))
      .join('');
    const tools = ['{"a"', ':1}']
      .map((text, at) =>
        event([
          {
            index: 0,
            delta: { tool_calls: [at === 0 ? call(0, text) : { index: 0, function: { arguments: text } }] },
          },
        ]),
      )
      .join('');
    const end = event([{ index: 0, delta: {}, finish_reason: 'stop' }]) + event([], { usage });
    expect(collected(`${pieces}${tools}${end}data: [DONE]\n\n`)).toMatchObject({
      choices: [{ message: { content: 'Åh, ja', tool_calls: [whole(0, '{"a":1}')] }, finish_reason: 'stop' }],
      usage,
    });
  });

  it('is not gathered from what broke off, failed, or says more than text', () => {
    const piece = event([{ index: 0, delta: { content: 'a' } }]);
    expect(collected(piece)).toBeUndefined();
    expect(collected(`${piece}data: {"error":{"message":"no"}}\n\n`)).toBeUndefined();
    expect(collected(event([{ index: 0, delta: { audio: {} }, finish_reason: 'stop' }]))).toBeUndefined();
    expect(collected(event([{ index: 1, delta: { content: 'a' }, finish_reason: 'stop' }]))).toBeUndefined();
    expect(eventsOf('{"data":[]}')).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';

import { EventReader } from '../../core/dialects/event-reader.ts';
import { FimEvents } from '../../core/dialects/mistral-fim_openai-completions.ts';
import { MessageEvents } from '../../core/dialects/openai-chat_anthropic-messages.ts';
import { ResponseEvents } from '../../core/dialects/openai-chat_openai-responses.ts';
import type { AnswerRelay } from './endpoint.ts';
import { ResponseRelay } from './response-relay.ts';
import { StreamRelay } from './stream-relay.ts';
import { StreamTranslation } from './stream-translation.ts';

const head = { id: '00', at: 0, model: 'herd' };
const chunk = (delta: object, finish: string | null = null) => ({
  id: 'c',
  choices: [{ index: 0, delta, text: 'Kö', finish_reason: finish }],
  usage: null,
});
const chat = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'Hm' }),
  chunk({ content: 'Kö på åkern 🐄' }),
  chunk({ tool_calls: [{ index: 0, id: 'abc', function: { name: 'f', arguments: '{"a":"ö"}' } }] }),
  chunk({}, 'tool_calls'),
  { choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } },
];
const response = [
  { type: 'response.created', sequence_number: 0 },
  { type: 'response.output_text.delta', sequence_number: 1, delta: 'Kö på åkern 🐄' },
  {
    type: 'response.completed',
    sequence_number: 2,
    response: { usage: { input_tokens: 7, output_tokens: 3 } },
  },
];
const bytesOf = (events: readonly object[], newline: string, done: boolean) =>
  Buffer.from(
    [...events.map((each) => JSON.stringify(each)), ...(done ? ['[DONE]'] : [])]
      .map((data, at) => `${at === 1 ? `: ping${newline}` : ''}data: ${data}${newline}${newline}`)
      .join(''),
  );

const relays: [string, () => AnswerRelay, readonly object[]][] = [
  ['chat, usage unasked', () => new StreamRelay(true), chat],
  ['chat, usage asked', () => new StreamRelay(false), chat],
  ['messages', () => new StreamTranslation(new MessageEvents(head)), chat],
  ['responses from chat', () => new StreamTranslation(new ResponseEvents(head, {})), chat],
  ['fill in the middle', () => new StreamTranslation(new FimEvents(head)), chat],
  ['responses of an engine', () => new ResponseRelay(), response],
];

function relayed(relay: AnswerRelay, pieces: readonly Buffer[]) {
  const sent = pieces.map((piece) => relay.push(piece) ?? Buffer.alloc(0));
  const { rest, complete, failed } = relay.finish();
  const events = new EventReader().push(Buffer.concat([...sent, rest]));
  return { events, complete, failed, usage: relay.usage };
}

describe.each(relays)('a stream of %s', (_, open, events) => {
  it.each(['\n', '\r\n', '\r'])('is the same for every split of its bytes in two (%j)', (newline) => {
    const bytes = bytesOf(events, newline, events === chat);
    const whole = relayed(open(), [bytes]);
    expect(whole).toMatchObject({ complete: true, failed: false, usage: { input: 7, output: 3 } });
    expect(JSON.stringify(whole.events)).toContain('K');
    for (let cut = 1; cut < bytes.length; cut++)
      expect(relayed(open(), [bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
  });

  it('is the same byte by byte', () => {
    const bytes = bytesOf(events, '\r\n', events === chat);
    const single = Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));
    expect(relayed(open(), single)).toEqual(relayed(open(), [bytes]));
  });

  it('is not complete when it is cut before its end', () => {
    const bytes = bytesOf(events.slice(0, 2), '\n', false);
    expect(relayed(open(), [bytes])).toMatchObject({ complete: false });
  });
});

it('who did not ask for usage does not hear that there is none yet', () => {
  const { events } = relayed(new StreamRelay(true), [bytesOf(chat, '\n', true)]);
  expect(events.filter((data) => data.includes('usage'))).toEqual([]);
});

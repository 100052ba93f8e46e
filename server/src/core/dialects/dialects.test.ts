import { readdirSync, readFileSync } from 'node:fs';

import {
  array,
  assert,
  constantFrom,
  dictionary,
  integer,
  jsonValue,
  property,
  record,
  string,
} from 'fast-check';
import { describe, expect, it } from 'vitest';

import { chatOfMessages } from './anthropic-messages_openai-chat.ts';
import type { EventTranslator } from './dialect.ts';
import { EventReader } from './event-reader.ts';
import type { Json } from './json-view.ts';
import { completionOfFim, fimOfCompletion } from './mistral-fim_openai-completions.ts';
import { MessageEvents, messageOfChat } from './openai-chat_anthropic-messages.ts';
import { ResponseEvents, responseOfChat } from './openai-chat_openai-responses.ts';
import { chatOfResponse } from './openai-responses_openai-chat.ts';
import { nineCharacterId } from './tool-call-id.ts';

const head = { id: '0123456789abcdef', at: 1_700_000_000_000, model: 'herd' };
const asked = { model: 'herd', input: 'x' };

/** The events that a reader sees of a translated stream. */
function eventsOf(translator: EventTranslator, chunks: readonly unknown[]): Json[] {
  const text = [...chunks.map((chunk) => translator.chunk(chunk)), translator.end()].join('');
  return new EventReader().push(Buffer.from(text)).map((data) => JSON.parse(data) as Json);
}

const translators: Record<string, (given: never) => unknown> = {
  'anthropic-messages_openai-chat': chatOfMessages,
  'openai-responses_openai-chat': chatOfResponse,
  'mistral-fim_openai-completions': completionOfFim,
  'openai-completions_mistral-fim': (given) => fimOfCompletion(given, head),
  'openai-chat_anthropic-messages': (given) =>
    Array.isArray(given) ? eventsOf(new MessageEvents(head), given) : messageOfChat(given, head),
  'openai-chat_openai-responses': (given) =>
    Array.isArray(given)
      ? eventsOf(new ResponseEvents(head, asked), given)
      : responseOfChat(given, head, asked),
};

interface Golden {
  readonly source: string;
  readonly given: never;
  readonly expected: unknown;
}

describe('a translation', () => {
  const folder = new URL('golden/', import.meta.url);
  const files = readdirSync(folder);
  it('has a golden file for each pair', () => {
    expect(new Set(files.map((file) => file.split('.', 1)[0]))).toEqual(new Set(Object.keys(translators)));
  });
  it.each(files)('is as in %s', (file) => {
    const { source, given, expected } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Golden;
    expect(source).toMatch(/^(?:from documentation|recorded): /u);
    expect(JSON.parse(JSON.stringify(translators[file.split('.', 1)[0] ?? '']?.(given)))).toEqual(expected);
  });

  it.each([
    [chatOfMessages, { mcp_servers: [{}] }, 'mcp_servers'],
    [chatOfMessages, { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools[0]'],
    [
      chatOfMessages,
      { messages: [{ role: 'user', content: [{ type: 'search_result' }] }] },
      'messages[0].content[0]',
    ],
    [chatOfResponse, { input: [{ type: 'item_reference', id: 'x' }] }, 'input[0]'],
    [chatOfResponse, { tools: [{ type: 'web_search' }] }, 'tools[0]'],
    [chatOfResponse, { truncation: 'auto' }, 'truncation'],
    [chatOfResponse, { include: ['file_search_call.results'] }, 'include'],
  ])('refuses what would otherwise be ignored in silence: %o %j', (translate, given, param) => {
    expect(() => translate(given as Json)).toThrow(
      expect.objectContaining({ status: 400, body: { error: expect.objectContaining({ param }) } }),
    );
  });

  it('carries fields that it does not know over, both ways', () => {
    const names = string({ minLength: 1 }).map((name) => `x_${name}`);
    assert(
      property(
        dictionary(
          names,
          jsonValue().filter((value) => value !== null),
        ),
        (unknown) => {
          const messages = [{ role: 'user', content: 'x' }];
          expect(chatOfMessages({ model: 'm', max_tokens: 1, messages, ...unknown })).toMatchObject(unknown);
          expect(chatOfResponse({ ...asked, ...unknown })).toMatchObject(unknown);
          const completion = { choices: [{ message: { content: 'x' }, finish_reason: 'stop' }], ...unknown };
          expect(messageOfChat(completion, head)).toMatchObject(unknown);
          expect(responseOfChat(completion, head, asked)).toMatchObject(unknown);
        },
      ),
    );
  });
});

const text = string({ unit: 'grapheme', maxLength: 8 });
const said = record({
  reasoning: array(text, { maxLength: 3 }),
  content: array(text, { maxLength: 4 }),
  calls: array(record({ name: constantFrom('f', 'g'), input: dictionary(text, text, { maxKeys: 3 }) }), {
    maxLength: 3,
  }),
  piece: integer({ min: 1, max: 6 }),
});

/** One answer, whole and in chunks; the arguments of parallel calls come in turns. */
function answerOf({ reasoning, content, calls, piece }: Said) {
  const all = calls.map(({ name, input }, index) => ({
    index,
    id: `call_${index}`,
    name,
    text: JSON.stringify(input),
  }));
  const finish = all.length > 0 ? 'tool_calls' : 'stop';
  const usage = { prompt_tokens: 5, completion_tokens: 7 };
  const delta = (given: object) => ({ choices: [{ index: 0, delta: given, finish_reason: null }] });
  const starts = all.map(({ index, id, name }) =>
    delta({ tool_calls: [{ index, id, function: { name, arguments: '' } }] }),
  );
  const longest = Math.max(0, ...all.map((call) => call.text.length));
  const turns = Array.from({ length: Math.ceil(longest / piece) }, (_, turn) =>
    all.map((call) => ({ ...call, part: call.text.slice(turn * piece, (turn + 1) * piece) })),
  ).flat();
  return {
    whole: {
      choices: [
        {
          message: {
            content: content.join(''),
            reasoning_content: reasoning.join(''),
            tool_calls: all.map((call) => ({
              id: call.id,
              function: { name: call.name, arguments: call.text },
            })),
          },
          finish_reason: finish,
        },
      ],
      usage,
    },
    chunks: [
      ...reasoning.map((each) => delta({ reasoning_content: each })),
      ...content.map((each) => delta({ content: each })),
      ...starts,
      ...turns.map(({ index, part }) => delta({ tool_calls: [{ index, function: { arguments: part } }] })),
      { choices: [{ index: 0, delta: {}, finish_reason: finish }] },
      { choices: [], usage },
    ],
  };
}
interface Said {
  readonly reasoning: readonly string[];
  readonly content: readonly string[];
  readonly calls: readonly { readonly name: string; readonly input: object }[];
  readonly piece: number;
}

/** What a client holds after it read all events of a message stream. */
function collectMessage(events: readonly Json[]): unknown[] {
  const blocks: { [name: string]: unknown }[] = [];
  const texts: string[] = [];
  for (const event of events as readonly {
    type: string;
    index: number;
    content_block?: object;
    delta?: object;
  }[]) {
    if (event.type === 'content_block_start') {
      blocks[event.index] = { ...event.content_block };
      texts[event.index] = '';
    } else if (event.type === 'content_block_delta') {
      const { type: _, ...delta } = event.delta as { type: string };
      texts[event.index] += String(Object.values(delta)[0]);
    }
  }
  return blocks.map((block, at) => {
    const given = texts[at] ?? '';
    if (block['type'] === 'tool_use') return { ...block, input: JSON.parse(given) as unknown };
    return { ...block, [block['type'] === 'text' ? 'text' : 'thinking']: given };
  });
}

describe('a translated stream', () => {
  it('collects to the same message as the whole answer', () => {
    assert(
      property(said, (given) => {
        const { whole, chunks } = answerOf(given);
        const events = eventsOf(new MessageEvents(head), chunks);
        const message = messageOfChat(whole, head);
        expect(collectMessage(events)).toEqual(message['content']);
        expect(events.at(-2)).toMatchObject({
          delta: { stop_reason: message['stop_reason'] },
          usage: message['usage'],
        });
        expect([events[0]?.['type'], events.at(-1)?.['type']]).toEqual(['message_start', 'message_stop']);
      }),
      { numRuns: 300 },
    );
  });

  it('ends in the same response as the whole answer, its events numbered without a gap', () => {
    assert(
      property(said, (given) => {
        const { whole, chunks } = answerOf(given);
        const events = eventsOf(new ResponseEvents(head, asked), chunks);
        expect(events.map((event) => event['sequence_number'])).toEqual(events.map((_, at) => at));
        const ended = events.at(-1) as { type: string; response: { output: unknown[] } };
        expect(ended.type).toBe('response.completed');
        expect(ended.response).toEqual(JSON.parse(JSON.stringify(responseOfChat(whole, head, asked))));
        const done = events.filter(({ type }) => type === 'response.output_item.done');
        expect(done.map(({ item }) => item)).toEqual(ended.response.output);
      }),
      { numRuns: 300 },
    );
  });
});

describe('events read from bytes', () => {
  it('are the same for every split, newline and comment', () => {
    const line = string({ unit: 'grapheme', maxLength: 10 }).map((each) => each.replaceAll(/[\r\n]/gu, ''));
    assert(
      property(
        array(array(line, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        constantFrom('\n', '\r\n', '\r'),
        array(integer({ min: 0, max: 400 }), { maxLength: 12 }),
        (events, newline, cuts) => {
          const bytes = Buffer.from(
            events
              .map((lines) =>
                [': ping', 'event: x', ...lines.map((each) => `data: ${each}`), '', ''].join(newline),
              )
              .join(''),
          );
          const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
          const reader = new EventReader();
          const read = places.flatMap((place, at) => reader.push(bytes.subarray(places[at - 1] ?? 0, place)));
          expect(read).toEqual(events.map((lines) => lines.join('\n')));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('have an end', () => {
    expect(() => new EventReader().push(Buffer.alloc(17 * 2 ** 20, 'x'))).toThrow(RangeError);
  });
});

describe('the id of a tool call', () => {
  it('becomes nine letters and digits, the same each time, and differs where ids differ', () => {
    assert(
      property(array(string(), { minLength: 2, maxLength: 20 }), (ids) => {
        const nine = ids.map(nineCharacterId);
        for (const each of nine) expect(each).toMatch(/^[a-zA-Z0-9]{9}$/u);
        expect(nine.map(nineCharacterId)).toEqual(nine);
        expect(new Set(nine).size).toBe(new Set(ids).size);
      }),
    );
  });
});

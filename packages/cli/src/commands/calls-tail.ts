import { setTimeout as delay } from 'node:timers/promises';

import { callsOperations, KulningError, liveCall, type LiveCall } from '@kulning/sdk';

import type { Connection } from '../connection.ts';
import { callOperation } from '../operation-command.ts';
import type { Terminal } from '../terminal.ts';
import { tailWords } from '../words/tail-words.ts';

const AGAIN_MS = 1_000;
/** The last calls of a stream before come again with the next one; so many of them are known. */
const MOST_KNOWN = 500;

/** A line for each call as it ends, or an object of JSON, until Ctrl-C. A stream that breaks off is opened again. */
export async function tailCalls(
  args: readonly string[],
  connection: Connection,
  terminal: Terminal,
): Promise<void> {
  const known = new Set<string>();
  for (;;) {
    const stream = (await callOperation(
      callsOperations.tail,
      args,
      connection,
      terminal,
    )) as ReadableStream<Uint8Array>;
    try {
      for await (const { event, data } of eventsOf(stream)) take(event, data, known, terminal);
    } catch (cause) {
      if (cause instanceof KulningError) throw cause;
      // Broken off on the way; the next stream goes on.
    }
    await delay(AGAIN_MS);
  }
}

/** @throws KulningError `auth.required` when the right to listen is gone */
function take(event: string, data: string, known: Set<string>, terminal: Terminal): void {
  if (event === 'skipped') return terminal.note(tailWords.skipped[terminal.language]);
  if (event === 'ended' && data.includes('revoked'))
    throw new KulningError({ code: 'auth.required', status: 401, text: tailWords.revoked });
  if (event !== 'call') return;
  const call = liveCall.parse(JSON.parse(data));
  if (known.has(call.id)) return;
  known.add(call.id);
  const [oldest] = known;
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  terminal.print(terminal.json ? JSON.stringify(call) : lineOf(call));
}

const ms = (value: number | null) => (value === null ? '–' : `${Math.round(value)} ms`);

function lineOf({
  at,
  outcome,
  reason,
  model,
  site,
  inputTokens,
  outputTokens,
  latencyMs,
  id,
}: LiveCall): string {
  const tokens = inputTokens === null ? '–' : `${inputTokens}/${outputTokens ?? 0}`;
  return [
    at,
    outcome.padEnd(11),
    (model || '–').padEnd(20),
    (site?.name ?? '–').padEnd(16),
    tokens.padStart(9),
    ms(latencyMs).padStart(9),
    id,
    reason ?? '',
  ]
    .join('  ')
    .trimEnd();
}

/** Server-sent events: blocks of `name: value` lines with an empty line after each. */
async function* eventsOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<{ event: string; data: string }> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      const event = fields.get('event');
      if (event !== undefined) yield { event, data: fields.get('data') ?? '{}' };
    }
  }
}

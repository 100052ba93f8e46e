import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

import { asSaid, clientWords, decisionsOperations, KulningError, type ErrorBody } from '@kulning/sdk';

import { callKey, type Connection } from '../connection.ts';
import type { Terminal } from '../terminal.ts';
import type { Language } from '../words/index.ts';

const options = {
  model: { type: 'string', default: 'kulning-triage' },
  'data-class': { type: 'string' },
  system: { type: 'string' },
} as const;

/** Asks a model through the gateway, streams the answer, then says where it was made, why there, and on which receipt. */
export async function chat(
  args: readonly string[],
  connection: Connection,
  terminal: Terminal,
  language: Language,
): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const question = positionals.join(' ') || (process.stdin.isTTY ? '' : await text(process.stdin));
  if (question.trim() === '')
    throw new KulningError({
      code: 'usage.question',
      status: 400,
      text: asSaid({ message: terminal.words.askSomething }),
    });
  if (connection.demonstration) terminal.note(terminal.words.demonstrationOnly);
  const { key, gatewayUrl } = await callKey(connection);
  const send = () => ask(gatewayUrl, key, values, question, language);
  const response = connection.demonstration ? await patiently(send) : await send();
  const receiptId = response.headers.get('x-kulning-receipt');
  if (!response.ok) throw await refusal(response);
  const answer = await readAnswer(response, terminal);
  const receipt = receiptId === null ? undefined : await readReceipt(gatewayUrl, key, receiptId);
  if (terminal.json) return terminal.print(JSON.stringify({ answer, receipt }, null, 2));
  terminal.write('\n');
  if (receipt) await describeReceipt(receipt, connection, terminal);
}

function ask(
  gatewayUrl: string,
  key: string,
  values: { model: string; 'data-class'?: string; system?: string },
  question: string,
  language: Language,
): Promise<Response> {
  const messages = [
    ...(values.system === undefined ? [] : [{ role: 'system', content: values.system }]),
    { role: 'user', content: question },
  ];
  return fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'accept-language': language,
      ...(values['data-class'] !== undefined && { 'x-kulning-data-class': values['data-class'] }),
    },
    body: JSON.stringify({ model: values.model, messages, stream: true }),
    signal: AbortSignal.timeout(600_000),
  }).catch((cause: unknown) => {
    throw new KulningError({
      code: 'network.unreachable',
      status: 503,
      text: clientWords.gatewayUnreachable(gatewayUrl),
      retryable: true,
      cause,
    });
  });
}

/** A demonstration key was made a moment ago, and a start may still be loading its engine: both take seconds at most. */
async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (let waitedMs = 0; ; waitedMs += 250) {
    const response = await send();
    if (![401, 503].includes(response.status) || waitedMs > 20_000) return response;
    await response.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Prints the pieces as they come. A stream that breaks off ends in an error, never as a short answer. */
async function readAnswer(response: Response, terminal: Terminal): Promise<string> {
  let answer = '';
  let buffered = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    buffered += chunk;
    const events = buffered.split('\n\n');
    buffered = events.pop() ?? '';
    for (const event of events) {
      const data = event.startsWith('data: ') ? event.slice(6) : '';
      if (data === '' || data === '[DONE]') continue;
      const piece = JSON.parse(data) as {
        choices?: {
          delta?: { content?: string; tool_calls?: { function?: { name?: string; arguments?: string } }[] };
        }[];
      } & Partial<ErrorBody>;
      if (piece.error)
        throw new KulningError({
          text: asSaid(piece.error),
          code: piece.error.code ?? 'call.broken',
          retryable: true,
          status: 502,
        });
      const content = piece.choices?.[0]?.delta?.content ?? '';
      answer += content;
      if (!terminal.json) terminal.write(content);
    }
  }
  return answer;
}

async function refusal(response: Response): Promise<KulningError> {
  const body = (await response.json()) as { error: { code?: string; message: string; hint?: string } };
  return new KulningError({
    code: body.error.code ?? 'call.refused',
    status: response.status,
    text: asSaid(body.error),
  });
}

interface Receipt {
  readonly id: string;
  readonly status: string;
  readonly leaf: string;
  readonly log?: { readonly index: number };
}

/** A receipt is pending until the sequencer has it, which takes less than two seconds. */
async function readReceipt(gatewayUrl: string, key: string, id: string): Promise<Receipt | undefined> {
  for (const waitMs of [0, 250, 500, 1000, 1000]) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const response = await fetch(`${gatewayUrl}/v1/receipts/${id}`, {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) continue;
    const receipt = (await response.json()) as Receipt;
    if (receipt.status !== 'pending') return receipt;
  }
  return undefined;
}

/** The same words that the console shows beside an answer, replayed from what was recorded. */
async function describeReceipt(receipt: Receipt, connection: Connection, terminal: Terminal): Promise<void> {
  const { words } = terminal;
  const decision = await connection.client.call(decisionsOperations.get, { params: { callId: receipt.id } });
  terminal.note(decision.words);
  for (const { site, verdict, reasons, allowedBy } of decision.candidates) {
    if (verdict === 'chosen')
      terminal.note(`  ${words.labelled(words.why, allowedBy.map((rule) => rule.words).join(' · '))}`);
    else if (reasons.length > 0)
      terminal.note(
        `  ${words.labelled(words.whyNot(site.name), reasons.map((reason) => reason.words).join(' · '))}`,
      );
  }
  const state = receipt.log ? words.inLedger(receipt.log.index) : words.pending;
  terminal.note(words.labelled(words.receipt, `${receipt.id} (${state})`));
}

import { createReadStream, createWriteStream, openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import {
  asSaid,
  batchesOperations,
  type BatchView,
  clientWords,
  KulningError,
  type Language,
} from '@kulning/sdk';

import { callKey, type Connection } from '../connection.ts';
import { printAnswer, type Terminal } from '../terminal.ts';
import { batchWords } from '../words/batch-words.ts';

const POLL_MS = 1_000;
const BAR_WIDTH = 24;
const options = {
  endpoint: { type: 'string' },
  window: { type: 'string', default: '24h' },
  'data-class': { type: 'string' },
  output: { type: 'string' },
  detach: { type: 'boolean', default: false },
} as const;

interface Gateway {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Uploads a file of requests, makes a batch of it and shows how far it is, until it has ended. */
export async function createBatch(
  args: readonly string[],
  connection: Connection,
  terminal: Terminal,
): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [file] = positionals;
  if (file === undefined)
    throw new KulningError({ code: 'usage.file', status: 400, text: batchWords.fileMissing });
  const { key, gatewayUrl } = await callKey(connection);
  const headers = {
    authorization: `Bearer ${key}`,
    'accept-language': terminal.language,
    ...(values['data-class'] !== undefined && { 'x-kulning-data-class': values['data-class'] }),
  };
  const gateway = { url: gatewayUrl, headers };
  const endpoint = values.endpoint ?? (await endpointOf(file));
  const inputFileId = await upload(gateway, file);
  const { id } = await send(gateway, '/v1/batches', {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ input_file_id: inputFileId, endpoint, completion_window: values.window }),
  });
  const batch = values.detach ? await read(connection, id) : await watch(connection, id, terminal);
  if (values.output !== undefined && batch.outputFileId !== null)
    await save(gateway, batch.outputFileId, values.output, terminal);
  printAnswer(terminal, batch);
  const [error] = batch.errors;
  if (batch.status === 'failed' || batch.status === 'expired')
    throw new KulningError({
      code: `batch.${error?.code ?? batch.status}`,
      status: 422,
      text: asSaid({
        message: error === undefined ? batchWords.expired[terminal.language] : messageOf(error),
      }),
    });
}

const messageOf = ({ line, message }: BatchView['errors'][number]) =>
  line === null ? message : `${line}: ${message}`;

/** What its first request asks for. */
async function endpointOf(file: string): Promise<string> {
  const lines = createInterface({ input: createReadStream(file) });
  for await (const line of lines) {
    lines.close();
    try {
      const { url } = JSON.parse(line) as { url?: unknown };
      if (typeof url === 'string') return url;
    } catch {
      break; // the server says what is wrong with it, line by line
    }
    break;
  }
  return '/v1/chat/completions';
}

/** The file goes from the disk to the gateway; it is never whole in memory. */
async function upload(gateway: Gateway, file: string): Promise<string> {
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', await openAsBlob(file), basename(file));
  return (await send(gateway, '/v1/files', { headers: gateway.headers, body: form })).id;
}

async function send(
  gateway: Gateway,
  path: string,
  request: { readonly headers: Readonly<Record<string, string>>; readonly body: string | FormData },
): Promise<{ id: string }> {
  const response = await reach(gateway, path, { method: 'POST', ...request });
  return (await response.json()) as { id: string };
}

async function reach(gateway: Gateway, path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(gateway.url + path, init).catch((cause: unknown) => {
    throw new KulningError({
      code: 'network.unreachable',
      status: 503,
      text: clientWords.gatewayUnreachable(gateway.url),
      retryable: true,
      cause,
    });
  });
  if (response.ok) return response;
  const { error } = (await response.json()) as { error: { code?: string; message: string } };
  throw new KulningError({
    code: error.code ?? 'batch.refused',
    status: response.status,
    text: asSaid({ message: error.message }),
  });
}

const read = (connection: Connection, batchId: string): Promise<BatchView> =>
  connection.client.call(batchesOperations.get, { params: { batchId } });

async function watch(connection: Connection, id: string, terminal: Terminal): Promise<BatchView> {
  const leave = () => {
    terminal.note(`\n${batchWords.goesOn(id)[terminal.language]}`);
    process.exit(130);
  };
  process.once('SIGINT', leave);
  const redraw = process.stderr.isTTY && !terminal.json;
  const show = createProgress(terminal.language, redraw);
  let batch = await read(connection, id);
  while (batch.endedAt === null) {
    show(batch);
    await delay(POLL_MS);
    batch = await read(connection, id);
  }
  process.off('SIGINT', leave);
  show(batch);
  if (redraw) process.stderr.write('\n');
  return batch;
}

async function save(gateway: Gateway, fileId: string, to: string, terminal: Terminal): Promise<void> {
  const { body } = await reach(gateway, `/v1/files/${fileId}/content`, { headers: gateway.headers });
  await pipeline(body === null ? Readable.from([]) : Readable.fromWeb(body as never), createWriteStream(to));
  terminal.note(terminal.words.saved(to));
}

/** One line that is drawn again in a terminal; in a log, a line for each tenth of the way. */
function createProgress(language: Language, redraw: boolean): (batch: BatchView) => void {
  let said = '';
  return (batch) => {
    const line = batchProgress(batch, language);
    const mark = redraw ? line : `${batch.status} ${Math.floor(shareOf(batch) * 10)}`;
    if (mark === said) return;
    said = mark;
    process.stderr.write(redraw ? `\r\u001B[K${line}` : `${line}\n`);
  };
}

const shareOf = ({ requests: { total, completed, failed } }: BatchView) =>
  total === 0 ? 0 : Math.min(1, (completed + failed) / total);

/** `in progress  [██████░░░░░░░░░░░░░░░░░░] 25 %  10 / 40  failed: 1` */
export function batchProgress(batch: BatchView, language: Language): string {
  const { status, requests } = batch;
  const filled = Math.floor(shareOf(batch) * BAR_WIDTH);
  const parts: string[] = [batchWords[status][language]];
  if (requests.total > 0)
    parts.push(
      `[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}] ${Math.floor(shareOf(batch) * 100)}\u00a0%`,
      `${requests.completed + requests.failed} / ${requests.total}`,
    );
  if (requests.failed > 0) parts.push(batchWords.failedCount(requests.failed)[language]);
  return parts.join('  ');
}

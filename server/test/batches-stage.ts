import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import OpenAI, { toFile } from 'openai';
import type { Batch } from 'openai/resources/batches';

import { silentLogger } from '../src/platform/log/logger.ts';
import { type BatchGateway, type BatchGatewayOptions, openBatchGateway } from './batches-gateway.ts';
import { batchSnapshot, type keys, secretOf } from './batches-snapshot.ts';
import { testDatabase } from './database.ts';
import { startUpstream } from './gateway-upstream.ts';
import { privacyFolders, privacyHarness } from './privacy-harness.ts';

/** One line of an input file: what the engine of the tests is told to do. */
export const request = (customId: string, order: string, over: object = {}) => ({
  custom_id: customId,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model: 'herd', messages: [{ role: 'user', content: order }] },
  ...over,
});

/** A line of an output or error file. */
export interface ResultOfTest {
  readonly custom_id: string;
  readonly response: {
    readonly status_code: number;
    readonly request_id: string;
    readonly body: {
      readonly choices?: { readonly message: { readonly content: string } }[];
      readonly error?: { readonly code: string };
    };
  } | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly kulning?: { readonly receipt: string; readonly site: string };
}

/** Gateways over one database, one engine behind them, and the privacy slice beside. */
export async function batchesStage({
  gateways = 1,
  ...over
}: { gateways?: number } & Partial<BatchGatewayOptions> = {}) {
  const database = await testDatabase();
  const folders = await privacyFolders();
  const upstream = await startUpstream();
  await openTestLog(database.sequencer);
  const harness = await privacyHarness({ app: database.app, folders });
  const running: BatchGateway[] = [];
  for (let index = 0; index < gateways; index++)
    running.push(
      await openBatchGateway({
        home: `${folders.root}/gateway-${index}`,
        keys: folders.keys,
        blobs: folders.blobs,
        database: database.app,
        snapshot: batchSnapshot(upstream.url),
        log: silentLogger,
        holderId: `gateway-${index}`,
        ...over,
      }),
    );
  const [first] = running;
  if (!first) throw new RangeError('a stage has a gateway');
  return {
    ...actionsAt(first.url),
    database,
    upstream,
    harness,
    gateways: running,
    first,
    /** Ledger events, in order. */
    async events(): Promise<{ kind: string; body: Record<string, unknown> }[]> {
      const { rows } = await database.app.inInstance('test', (trx) =>
        sql<{ leaf: Buffer }>`select leaf from kulning.ledger_outbox order by id`.execute(trx),
      );
      return rows.map(({ leaf }) => {
        const body = JSON.parse(leaf.toString()) as Record<string, unknown> & { kind: string };
        return { kind: body.kind, body };
      });
    },
    async close() {
      for (const gateway of running) await gateway.close();
      await harness.close();
      await upstream.close();
      await database.close();
      await folders.remove();
    },
  };
}

/** What a caller does, with the official client. */
function actionsAt(url: string) {
  const client = (key: keyof typeof keys = 'internal', headers: Record<string, string> = {}) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey: secretOf(key), maxRetries: 0, defaultHeaders: headers });
  return {
    client,
    upload: (lines: readonly object[], by = client()) =>
      uploadText(by, lines.map((line) => JSON.stringify(line)).join('\n')),
    create: (inputFileId: string, by = client(), more: object = {}): Promise<Batch> =>
      by.batches.create({
        input_file_id: inputFileId,
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
        ...more,
      }),
    /** The batch once it is in this state, or has ended. */
    async reached(id: string, state?: Batch['status']): Promise<Batch> {
      const wanted = state === undefined ? ends : [state];
      for (let turn = 0; turn < 1_500; turn++) {
        const batch = await client().batches.retrieve(id);
        if (wanted.includes(batch.status)) return batch;
        await sleep(20);
      }
      throw new Error(`${id} does not get there: ${JSON.stringify(await client().batches.retrieve(id))}`);
    },
    /** The lines of both files of a batch. */
    results: async ({ output_file_id: output, error_file_id: errors }: Batch) => ({
      answered: await linesIn(client(), output),
      failed: await linesIn(client(), errors),
    }),
  };
}

const ends: readonly Batch['status'][] = ['completed', 'failed', 'expired', 'cancelled'];

export async function linesIn(client: OpenAI, fileId: string | null | undefined): Promise<ResultOfTest[]> {
  if (!fileId) return [];
  const text = await (await client.files.content(fileId)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ResultOfTest);
}

export type BatchesStage = Awaited<ReturnType<typeof batchesStage>>;

export async function uploadText(
  client: OpenAI,
  text: string | Buffer,
  name = 'requests.jsonl',
  more: object = {},
) {
  const file = await toFile(Buffer.from(text), name);
  return await client.files.create({ file, purpose: 'batch', ...more });
}

export async function openTestLog(
  sequencer: Awaited<ReturnType<typeof testDatabase>>['sequencer'],
): Promise<void> {
  await sequencer.inInstance('test', (trx) =>
    sql`insert into kulning.ledger_log (origin, opened_at, pseudonym_secret) values ('test/log', now(), ${Buffer.alloc(32, 1)})`.execute(
      trx,
    ),
  );
}

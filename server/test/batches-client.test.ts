import { request as httpRequest } from 'node:http';

import { sql } from 'kysely';
import { toFile } from 'openai';
import OpenAI6 from 'openai-6';
import type { FileObject } from 'openai/resources/files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { batchSnapshot, secretOf } from './batches-snapshot.ts';
import { batchesStage, type BatchesStage, request, uploadText } from './batches-stage.ts';
import { startRemoteEngine } from './gateway-clients-remote.ts';

let stage: BatchesStage;
beforeAll(async () => {
  stage = await batchesStage({ gateways: 2, maxFileBytes: 3 * 2 ** 20 });
});
afterAll(async () => await stage.close());

describe('files, with the official client', () => {
  it('come back byte for byte, with their name, and are gone when deleted', async () => {
    const client = stage.client();
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7919) % 251));
    const given = await toFile(bytes, 'Åsas "bild".bin');
    const file = await client.files.create({ file: given, purpose: 'user_data' });
    expect(file).toMatchObject({
      object: 'file',
      bytes: bytes.length,
      filename: 'Åsas "bild".bin',
      purpose: 'user_data',
    });
    expect(await client.files.retrieve(file.id)).toEqual(file);
    const content = await client.files.content(file.id);
    expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
    expect(await client.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true });
    await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404, code: 'file.unknown' });
    await expect(client.files.content(file.id)).rejects.toMatchObject({ status: 404 });
    await expect(client.files.delete(file.id)).rejects.toMatchObject({ status: 404 });
  });

  it('are listed in pages, in both orders, by purpose; openai 6 reads them too', async () => {
    const client = stage.client();
    const made: string[] = [];
    for (const name of ['a', 'b', 'c']) made.push((await uploadText(client, '{}', name)).id);
    const other = await client.files.create({
      file: await toFile(Buffer.from('x'), 'x'),
      purpose: 'fine-tune',
    });
    const listed: string[] = [];
    for await (const { id } of client.files.list({ purpose: 'batch', limit: 2, order: 'asc' }))
      listed.push(id);
    expect(listed.filter((id) => made.includes(id))).toEqual(made);
    expect(listed).not.toContain(other.id);
    const older = new OpenAI6({ baseURL: `${stage.first.url}/v1`, apiKey: secretOf('internal') });
    expect((await older.files.list({ limit: 1 })).data.map(({ id }) => id)).toEqual([other.id]);
    await expect(client.files.list({ limit: 0 })).rejects.toMatchObject({ status: 400 });
    await expect(client.files.list({ after: 'file_none' })).rejects.toMatchObject({ status: 400 });
  });

  it('expire when they were told to, and never later than a month for batches', async () => {
    const client = stage.client();
    const days = (file: FileObject) => ((file.expires_at ?? 0) - file.created_at) / 86_400;
    expect(days(await uploadText(client, '{}'))).toBe(30);
    const hour = { expires_after: { anchor: 'created_at', seconds: 3_600 } };
    expect(days(await uploadText(client, '{}', 'x', hour))).toBe(1 / 24);
    const minute = { expires_after: { anchor: 'created_at', seconds: 60 } };
    await expect(uploadText(client, '{}', 'x', minute)).rejects.toMatchObject({ status: 400 });
  });

  it('that are too large, or no proper form, leave nothing behind', async () => {
    const client = stage.client();
    const before = await blobsOf(stage);
    await expect(uploadText(client, Buffer.alloc(3 * 2 ** 20 + 1, 'x'))).rejects.toMatchObject({
      status: 413,
    });
    await expect(
      client.files.create({ file: await toFile(Buffer.from('x'), 'x'), purpose: 'assistants' }),
    ).rejects.toMatchObject({ status: 400, code: 'file.wrong' });
    const twice = new FormData();
    twice.append('file', new Blob(['a']), 'a');
    twice.append('file', new Blob(['b']), 'b');
    twice.append('purpose', 'batch');
    for (const body of [twice, 'no form', new FormData()]) {
      const answer = await fetch(`${stage.first.url}/v1/files`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secretOf('internal')}` },
        body,
      });
      expect(answer.status).toBe(400);
    }
    expect(await blobsOf(stage)).toEqual(before);
  });

  it('of a class that may not be stored here are refused before a byte of them is read, and that is on record', async () => {
    const read = await uploadSlowly(stage.first.url, secretOf('unclassified'));
    expect(read).toEqual({ status: 403, continued: false });
    const refused = (await stage.events()).filter(({ kind }) => kind === 'file.refused');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.body).toMatchObject({ class: null, rules: [expect.any(String)] });
    // With a header that says what it is, the same key may.
    await uploadText(stage.client('unclassified', { 'x-kulning-data-class': 'internal' }), '{}');
    // And no header makes data looser than its key.
    await expect(
      uploadText(stage.client('personal', { 'x-kulning-data-class': 'public' }), '{}'),
    ).rejects.toMatchObject({ status: 403, code: 'data_class_loosened' });
  });

  it('are for keys with the scope', async () => {
    await expect(uploadText(stage.client('reader'), '{}')).rejects.toMatchObject({
      status: 403,
      code: 'scope_missing',
    });
    await expect(stage.client('silent').files.list()).rejects.toMatchObject({ status: 403 });
    const file = await uploadText(stage.client('silent'), JSON.stringify(request('a', 'hello')));
    await expect(stage.create(file.id, stage.client('silent'))).rejects.toMatchObject({
      status: 403,
      code: 'scope_missing',
    });
    expect((await stage.client('reader').files.list()).data.length).toBeGreaterThan(0);
  });
});

describe('batches, with the official client', () => {
  it('answer each line once, by both gateways, with its receipt, and say what failed', async () => {
    const lines = Array.from({ length: 40 }, (_, index) =>
      request(`r-${index}`, index === 7 ? 'status 400' : 'hello'),
    );
    const file = await stage.upload(lines);
    const created = await stage.create(file.id, stage.client(), { metadata: { job: 'night' } });
    expect(created).toMatchObject({
      object: 'batch',
      status: 'validating',
      metadata: { job: 'night' },
      completion_window: '24h',
    });
    const batch = await stage.reached(created.id);
    expect(batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 40, completed: 39, failed: 1 },
      usage: { input_tokens: 39 * 11, output_tokens: 39 * 5, total_tokens: 39 * 16 },
      errors: null,
    });
    const { answered, failed } = await stage.results(batch);
    expect(answered.map(({ custom_id: id }) => id)).toEqual(
      lines.map(({ custom_id: id }) => id).filter((id) => id !== 'r-7'),
    );
    for (const { response, error, kulning } of answered) {
      expect(response).toMatchObject({ status_code: 200, body: { x_engine_extra: { kept: true } } });
      expect(response?.body.choices?.[0]?.message.content).toBe('Kulning brings the herd home.');
      expect(kulning).toMatchObject({ receipt: response?.request_id, site: 'stockholm' });
      expect(error).toBeNull();
    }
    expect(failed).toMatchObject([
      { custom_id: 'r-7', response: { status_code: 400, body: { error: { code: 'asked_for' } } } },
    ]);
    // Each is a call like any other: the engine saw it once, and the receipt is that call's.
    const receipts = [...answered, ...failed].map(({ kulning }) => kulning?.receipt ?? '');
    expect(receipts.every((id) => stage.upstream.requestIds.includes(id))).toBe(true);
    for (const gateway of stage.gateways) await gateway.ship();
    const calls = (await stage.events()).filter(
      ({ kind, body }) => kind.startsWith('call.') && receipts.includes(String(body['id'])),
    );
    expect(calls.filter(({ kind }) => kind === 'call.answered')).toHaveLength(39);
    const told = (await stage.events()).filter(({ body }) => body['batch'] === batch.id);
    expect(told.map(({ kind }) => kind)).toEqual(['batch.created', 'batch.begun', 'batch.ended']);
    expect(told.at(-1)?.body).toMatchObject({
      status: 'completed',
      answered: 39,
      failed: 1,
      output: batch.output_file_id,
    });
    expect(await leftovers(stage, batch.id)).toEqual({ lines: 0, records: 1 });
  });

  it('with a line out of order ask nothing, and say which and why', async () => {
    const seen = stage.upstream.bodies.length;
    const text = [
      JSON.stringify(request('a', 'hello')),
      '',
      'nonsense',
      JSON.stringify(request('a', 'hello')),
    ].join('\r\n');
    const batch = await stage.reached((await stage.create((await uploadText(stage.client(), text)).id)).id);
    expect(batch).toMatchObject({ status: 'failed', output_file_id: null, error_file_id: null });
    expect(batch.errors?.data).toEqual([
      {
        code: 'invalid_json_line',
        line: 3,
        param: null,
        message: 'This line is not a JSON object in UTF-8.',
      },
      {
        code: 'duplicate_custom_id',
        line: 4,
        param: 'custom_id',
        message: expect.stringContaining('unique'),
      },
    ]);
    expect(stage.upstream.bodies).toHaveLength(seen);
    const empty = await stage.reached((await stage.create((await uploadText(stage.client(), '\n')).id)).id);
    expect(empty.errors?.data?.map(({ code }) => code)).toEqual(['empty_file']);
  });

  it('are refused where the request is wrong, with the field that is', async () => {
    const file = await stage.upload([request('a', 'hello')]);
    const wrong: object[] = [
      { endpoint: '/v1/moderations' },
      { completion_window: '25d' },
      { metadata: { x: 1 } },
    ];
    for (const more of wrong)
      await expect(stage.create(file.id, stage.client(), more)).rejects.toMatchObject({
        status: 400,
        code: 'batch.wrong',
      });
    await expect(stage.create('file_none')).rejects.toMatchObject({ status: 404, code: 'file.unknown' });
    const data = await stage
      .client()
      .files.create({ file: await toFile(Buffer.from('{}'), 'x'), purpose: 'user_data' });
    await expect(stage.create(data.id)).rejects.toMatchObject({ status: 400, code: 'batch.purpose_wrong' });
    await expect(stage.client().batches.retrieve('batch_none')).rejects.toMatchObject({ status: 404 });
  });

  it('ask every endpoint that a batch may', async () => {
    const remote = await startRemoteEngine();
    for (const gateway of stage.gateways) await gateway.change(batchSnapshot(remote.url));
    const bodies = {
      '/v1/embeddings': { input: 'the herd' },
      '/v1/completions': { prompt: 'the herd' },
      '/v1/responses': { input: 'the herd' },
    };
    for (const [endpoint, body] of Object.entries(bodies)) {
      const line = request('a', '', { url: endpoint, body: { model: 'herd', ...body } });
      const { id } = await stage.create((await stage.upload([line])).id, stage.client(), { endpoint });
      const batch = await stage.reached(id);
      const { answered, failed } = await stage.results(batch);
      expect({ endpoint, failed, answers: answered.length }).toEqual({ endpoint, failed: [], answers: 1 });
      expect(batch.usage?.input_tokens).toBeGreaterThan(0);
    }
    for (const gateway of stage.gateways) await gateway.change(batchSnapshot(stage.upstream.url));
    await remote.close();
  });

  it('are listed newest first, in pages', async () => {
    const listed: string[] = [];
    for await (const { id } of stage.client().batches.list({ limit: 2 })) listed.push(id);
    expect(listed.length).toBeGreaterThan(2);
    expect(listed).toEqual([...listed].sort().reverse());
    expect(new Set(listed).size).toBe(listed.length);
  });
});

async function blobsOf({ harness }: BatchesStage): Promise<string[]> {
  const digests: string[] = [];
  for await (const { digest } of harness.blobs.list()) digests.push(digest);
  return digests.sort();
}

async function leftovers(
  { database }: BatchesStage,
  batchId: string,
): Promise<{ lines: number; records: number }> {
  const { rows } = await database.app.inInstance('test', (trx) =>
    sql<{ lines: number; records: number }>`select
      (select count(*)::int from kulning.batch_line where batch_id = ${batchId}) as lines,
      (select count(*)::int from kulning.vault_record where store = 'batches' and id like ${`${batchId}%`}) as records`.execute(
      trx,
    ),
  );
  return rows[0] ?? { lines: -1, records: -1 };
}

/** Sends the head, and the body only when the server asks for it. */
function uploadSlowly(url: string, secret: string): Promise<{ status: number; continued: boolean }> {
  return new Promise((resolve, reject) => {
    let continued = false;
    const upload = httpRequest(`${url}/v1/files`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': 'multipart/form-data; boundary=b',
        'content-length': '1000000',
        expect: '100-continue',
      },
    });
    upload.on('continue', () => (continued = true));
    upload.on('response', (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, continued });
      upload.destroy();
    });
    upload.on('error', reject);
    upload.flushHeaders();
  });
}

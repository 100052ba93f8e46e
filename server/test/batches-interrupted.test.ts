import { setTimeout as sleep } from 'node:timers/promises';

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { SubjectService } from '../src/features/privacy/subject-service.ts';
import { batchSnapshot } from './batches-snapshot.ts';
import { batchesStage, type BatchesStage, request } from './batches-stage.ts';
import { organisationId } from './gateway-snapshot.ts';

let stage: BatchesStage;
beforeAll(async () => {
  stage = await batchesStage();
});
afterAll(async () => await stage.close());

const normal = () => batchSnapshot(stage.upstream.url);

/** A batch of which some lines were answered and one is with the engine, which never answers it. */
async function halfWay(more: readonly object[] = []): Promise<{ id: string; fileId: string; lines: number }> {
  const lines = [request('first', 'hello'), ...more, request('stuck', 'never answer')];
  await stage.first.change(batchSnapshot(stage.upstream.url, { slots: 2 }));
  const file = await stage.upload(lines);
  const { id } = await stage.create(file.id);
  while ((await stage.client().batches.retrieve(id)).request_counts?.completed !== 1) await sleep(20);
  while (stage.upstream.running() === 0) await sleep(5);
  return { id, fileId: file.id, lines: lines.length };
}

const codes = (failed: readonly { custom_id: string; error: { code: string } | null }[]) =>
  Object.fromEntries(failed.map(({ custom_id: id, error }) => [id, error?.code]));

describe('a batch in the middle of which', () => {
  it('it is cancelled: what is being asked is hung up on, what was answered is kept', async () => {
    const { id } = await halfWay();
    const aborted = stage.upstream.aborted();
    const cancelling = await stage.client().batches.cancel(id);
    expect(cancelling.status).toBe('cancelling');
    const batch = await stage.reached(id);
    expect(batch).toMatchObject({
      status: 'cancelled',
      request_counts: { total: 2, completed: 1, failed: 1 },
    });
    const { answered, failed } = await stage.results(batch);
    expect(answered.map((line) => line.custom_id)).toEqual(['first']);
    expect(codes(failed)).toEqual({ stuck: 'batch_cancelled' });
    expect(stage.upstream.aborted()).toBeGreaterThan(aborted);
    await expect(stage.client().batches.cancel(id)).rejects.toMatchObject({
      status: 409,
      code: 'batch.ended',
    });
    const told = (await stage.events()).filter(({ body }) => body['batch'] === id).map(({ kind }) => kind);
    expect(told).toEqual(['batch.created', 'batch.begun', 'batch.cancelling', 'batch.ended']);
  });

  it('its time is over: the rest goes to the error file', async () => {
    const { id } = await halfWay();
    await stage.database.app.inInstance('test', (trx) =>
      sql`update kulning.batch set expires_at = now() where id = ${id}`.execute(trx),
    );
    const batch = await stage.reached(id);
    expect(batch).toMatchObject({ status: 'expired', request_counts: { completed: 1, failed: 1 } });
    expect(codes((await stage.results(batch)).failed)).toEqual({ stuck: 'batch_expired' });
  });

  it('its key is revoked: nothing more is asked with it', async () => {
    await stage.first.change(batchSnapshot(stage.upstream.url, { engine: { ready: false } }));
    const by = stage.client('personal');
    const { id } = await stage.create(
      (await stage.upload([request('a', 'hello'), request('b', 'hello')], by)).id,
      by,
    );
    await stage.reached(id, 'in_progress');
    const seen = stage.upstream.bodies.length;
    await stage.first.change(batchSnapshot(stage.upstream.url, { without: 'personal' }));
    const batch = await stage.reached(id);
    expect(batch).toMatchObject({ status: 'failed', request_counts: { completed: 0, failed: 2 } });
    expect(batch.errors?.data?.map(({ code }) => code)).toEqual(['key_revoked']);
    expect(codes((await stage.results(batch)).failed)).toEqual({ a: 'key_revoked', b: 'key_revoked' });
    expect(stage.upstream.bodies).toHaveLength(seen);
    await stage.first.change(normal());
  });

  it('its file is deleted: it stops, and what was answered is kept', async () => {
    await stage.first.change(batchSnapshot(stage.upstream.url, { engine: { ready: false } }));
    const file = await stage.upload([request('a', 'hello'), request('b', 'hello')]);
    const { id } = await stage.create(file.id);
    await stage.reached(id, 'in_progress');
    await stage.client().files.delete(file.id);
    await stage.first.change(normal());
    const batch = await stage.reached(id);
    expect(batch).toMatchObject({ status: 'failed', request_counts: { total: 2 } });
    expect(batch.errors?.data?.map(({ code }) => code)).toEqual(['input_gone']);
    // Of requests that were not asked, not even the name is left.
    const { answered, failed } = await stage.results(batch);
    expect(answered.length).toBe(batch.request_counts?.completed);
    expect(failed).toEqual([]);
  });

  it('policy does not permit its data any more: each further line is refused, with the rule and a receipt', async () => {
    await stage.first.change(batchSnapshot(stage.upstream.url, { engine: { ready: false } }));
    const by = stage.client('personal');
    const { id } = await stage.create((await stage.upload([request('a', 'hello')], by)).id, by);
    await stage.reached(id, 'in_progress');
    await stage.first.change(batchSnapshot(stage.upstream.url, { engine: { siteId: 'site_oregon' } }));
    const batch = await stage.reached(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 0, failed: 1 } });
    const [refused] = (await stage.results(batch)).failed;
    expect(refused).toMatchObject({
      custom_id: 'a',
      response: { status_code: 403, body: { error: { code: 'policy.denied' } } },
    });
    expect(refused?.kulning?.receipt).toMatch(/^call_/);
    await stage.first.change(normal());
  });

  it('an engine is away or has no room: its lines wait, and are answered later', async () => {
    await stage.first.change(batchSnapshot(stage.upstream.url, { engine: { ready: false } }));
    const { id } = await stage.create((await stage.upload([request('a', 'hello')])).id);
    await stage.reached(id, 'in_progress');
    await sleep(300);
    expect((await stage.client().batches.retrieve(id)).request_counts).toMatchObject({
      completed: 0,
      failed: 0,
    });
    await stage.first.change(normal());
    expect(await stage.reached(id)).toMatchObject({ status: 'completed', request_counts: { completed: 1 } });
  });

  it('somebody calls: batches leave them half of the engine', async () => {
    await stage.first.change(batchSnapshot(stage.upstream.url, { slots: 4 }));
    const lines = Array.from({ length: 6 }, (_, index) => request(`n-${index}`, 'never answer'));
    const { id } = await stage.create((await stage.upload(lines)).id);
    while (stage.upstream.running() < 2) await sleep(10);
    await sleep(300);
    expect(stage.upstream.running()).toBe(2);
    const answer = await stage
      .client()
      .chat.completions.create({ model: 'herd', messages: [{ role: 'user', content: 'hello' }] });
    expect(answer.choices[0]?.message.content).toContain('herd');
    await stage.client().batches.cancel(id);
    await stage.reached(id);
    await stage.first.change(normal());
  });
});

describe('a person', () => {
  const email = 'greta.falk@canary-kulning.example';
  const asked = { organisationId, identifiers: [email], language: 'en' as const, decisions: [] };
  const erase = async (subjects: SubjectService): Promise<string> => {
    const { digest } = await subjects.preview(asked);
    return (await subjects.erase({ ...asked, preview: digest, requestedBy: 'user_1' })).erasureId;
  };
  const erased = async (erasureId: string) => {
    const { machine, erasures } = stage.harness.privacy;
    for (;;) {
      await machine.drive(organisationId);
      const erasure = await erasures.get({ organisationId, erasureId }, 'en');
      if (erasure.state === 'completed') return erasure;
      await sleep(50);
    }
  };

  it('in the middle of a batch is found in it, exported, erased and read back; their line is not asked, others are', async () => {
    const { subjects } = stage.harness.privacy;
    await stage.first.change(batchSnapshot(stage.upstream.url, { engine: { ready: false } }));
    const file = await stage.upload([
      request('first', 'hello'),
      request(`re ${email}`, `write to ${email}`),
      request('other', 'hello, bo@example.se'),
    ]);
    const { id } = await stage.create(file.id, stage.client(), { metadata: { for: email } });
    await stage.reached(id, 'in_progress');

    const found = await subjects.find(asked);
    const counts = Object.fromEntries(found.stores.map(({ store, records }) => [store, records]));
    expect(counts).toMatchObject({ files: 1, batches: 1 });
    const exported = JSON.parse(await subjects.export(asked)) as {
      stores: { records: { content: unknown }[] }[];
    };
    const text = JSON.stringify(exported);
    expect(text).toContain(`write to ${email}`);
    expect(text).not.toContain('bo@example.se');

    const erasureId = await erase(subjects);
    // While it is under way, the batch stands still and no file with that person comes in.
    await expect(stage.upload([request('x', `again ${email}`)])).rejects.toMatchObject({
      status: 403,
      code: 'subject_restricted',
    });
    const erasure = await erased(erasureId);
    const steps = Object.fromEntries(erasure.steps.map(({ store, readBack }) => [store, readBack]));
    expect(steps).toMatchObject({ files: 'gone', batches: 'gone', blobs: 'gone' });

    const seen = stage.upstream.bodies.length;
    await stage.first.change(normal());
    const batch = await stage.reached(id);
    expect(batch).toMatchObject({
      status: 'completed',
      metadata: {},
      request_counts: { completed: 2, failed: 1 },
    });
    const { answered, failed } = await stage.results(batch);
    expect(answered.map((line) => line.custom_id)).toEqual(['first', 'other']);
    expect(failed).toMatchObject([{ custom_id: 're [erased]', error: { code: 'content_erased' } }]);
    expect(stage.upstream.bodies.slice(seen).join()).not.toContain(email);
    expect((await subjects.find(asked)).stores.every(({ records }) => records === 0)).toBe(true);
  });

  it('in an output file is taken out of their own line alone', async () => {
    const { subjects } = stage.harness.privacy;
    const file = await stage.upload([request(`re ${email}`, 'hello'), request('re bo@example.se', 'hello')]);
    const batch = await stage.reached((await stage.create(file.id)).id);
    const before = await stage.results(batch);
    await erased(await erase(subjects));
    const after = await stage.results(batch);
    expect(after.answered.map((line) => line.custom_id)).toEqual(['re [erased]', 're bo@example.se']);
    expect(after.answered[1]).toEqual(before.answered[1]);
    expect(after.answered[0]).toMatchObject({ erased: true, response: before.answered[0]?.response });
  });

  it('whose processing is restricted is not asked about, and everybody else is', async () => {
    const { vault } = stage.harness;
    await vault.load(organisationId);
    const restricted = new Map([
      [organisationId, new Set([vault.blindIndex(organisationId, 'ulla@example.se')])],
    ]);
    await stage.first.change(batchSnapshot(stage.upstream.url, { restricted }));
    const file = await stage.upload([request('a', 'hello'), request('b', 'about ulla@example.se')]);
    const batch = await stage.reached((await stage.create(file.id)).id);
    const { answered, failed } = await stage.results(batch);
    expect(answered.map((line) => line.custom_id)).toEqual(['a']);
    expect(failed).toMatchObject([
      { custom_id: 'b', response: { status_code: 403, body: { error: { code: 'subject_restricted' } } } },
    ]);
    await stage.first.change(normal());
  });
});

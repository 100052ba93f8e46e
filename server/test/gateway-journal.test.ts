import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { JournalRecord } from '../src/features/calls/call-journal.ts';
import { saltOf } from '../src/platform/vault/record-salt.ts';
import { openFileKeystore } from '../src/platform/keystore/file-keystore.ts';
import { nodeSpoolFiles, type SpoolFiles } from '../src/platform/spool/spool-files.ts';
import { decodeFrames } from '../src/platform/spool/spool-frame.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';
import { errorOf, hello, intents, journal, post, settled } from './gateway-calls.ts';
import { gatewayScene } from './gateway-scene.ts';
import {
  deployment,
  httpEndpoint,
  oregon,
  organisationId,
  secrets,
  snapshotOf,
  stockholm,
} from './gateway-snapshot.ts';
import { startStage } from './gateway-stage.ts';

const { closing, upstreamOf, stageOf, simple } = gatewayScene();

describe('the journal', () => {
  it('commits to request and answer under a salt that only the vault knows', async () => {
    const { stage } = await simple();
    const body = JSON.stringify(hello('hello', { stream: true }));
    const answer = await (await post(stage, body, { 'x-kulning-subject': 'anna@example.se, 4711' })).text();
    const records = await journal(stage);
    const [intent] = intents(records);
    const [settlement] = settled(records);
    const vault = createVault(await openFileKeystore(join(stage.home, 'keys')));
    await vault.load(organisationId);
    const { epoch, wrappedKey } = intent!.sealed!;
    const key = vault.openKey(organisationId, intent!.callId, {
      epoch,
      wrappedKey: Buffer.from(wrappedKey, 'base64'),
    });
    const salt = saltOf(key);
    const commitment = (text: string) =>
      `hmac-sha256:${createHmac('sha256', salt).update(text).digest('hex')}`;
    expect(intent?.commitments?.request).toBe(commitment(body));
    expect(settlement?.response).toBe(commitment(answer));
    expect(intent?.subjects.map(({ index }) => index)).toEqual([
      vault.blindIndex(organisationId, 'anna@example.se'),
      vault.blindIndex(organisationId, '4711'),
    ]);
    expect(JSON.stringify(records)).not.toMatch(/anna|4711|hello|herd home/i);
    expect(settlement).toMatchObject({
      outcome: 'answered',
      tokens: { input: 11, output: 5 },
      energy: { value: 0.032, unit: 'Wh', provenance: 'declared' },
    });
    expect(settlement?.carbon.value).toBeCloseTo((0.032 / 1000) * 1.1 * 30);
  });

  it('is durable before the engine hears of a call, and again before the last byte leaves', async () => {
    const gate = gatedFiles();
    const { stage, upstream } = await simple({}, { files: gate.files });
    gate.hold();
    const response = post(stage, hello('hello', { stream: true }));
    await gate.waiting();
    expect(upstream.bodies).toHaveLength(0);
    gate.pass();
    gate.hold();
    const reader = (await response).body!.getReader();
    let text = '';
    const reading = (async () => {
      for (let part = await reader.read(); !part.done; part = await reader.read())
        text += Buffer.from(part.value).toString();
    })();
    await gate.waiting();
    await expect.poll(() => text).toContain(' home.');
    expect(text).not.toContain('[DONE]');
    gate.pass();
    await reading;
    expect(text).toContain('data: [DONE]');
  });

  it('keeps the key of a call from being destroyed until the call has moved, and no longer', async () => {
    const { stage } = await simple();
    expect((await post(stage, hello())).status).toBe(200);
    expect((await post(stage, { ...hello(), model: 'nobody' })).status).toBe(404);
    expect(stage.epochUse.oldest(organisationId)).toBe(1);
    stage.journal.moved(intents(await journal(stage)).map(({ callId }) => callId));
    expect(stage.epochUse.organisations()).toEqual([]);
  });

  it('refuses a call that it cannot record, and sends nothing', async () => {
    const gate = gatedFiles();
    const { stage, upstream } = await simple({}, { files: gate.files });
    gate.fail();
    const refused = await post(stage, hello());
    expect(refused.status).toBe(503);
    expect((await errorOf(refused)).code).toBe('spool.unwritable');
    expect(upstream.bodies).toHaveLength(0);
    expect((await post(stage, hello())).status).toBe(200);
  });

  it('says how a call ended that the caller left, and one that the engine did not finish', async () => {
    const { stage, upstream } = await simple();
    const controller = new AbortController();
    const left = fetch(`${stage.url}/v1/chat/completions`, {
      method: 'POST',
      signal: controller.signal,
      headers: { authorization: `Bearer ${secrets.internal}` },
      body: JSON.stringify(hello('never answer')),
    });
    await expect.poll(upstream.running).toBe(1);
    controller.abort();
    await expect(left).rejects.toThrow();
    const died = await (await post(stage, hello('die midway', { stream: true }))).text();
    expect(died.trimEnd().split('\n').at(-1)).toMatch(/^data: \{"error":\{.*engine_failed/);
    await expect
      .poll(async () => settled(await journal(stage)).map(({ outcome, reason }) => `${outcome} ${reason}`))
      .toEqual(['cancelled caller.gone', 'failed engine.died']);
  });
});

describe('engines', () => {
  it('are passed by when they cannot be reached, and never for one that is not permitted', async () => {
    const upstream = await upstreamOf();
    const dead = 'http://127.0.0.1:1';
    const engines = [
      { deployment: deployment({ id: 'deployment_dead', slots: 8 }), endpoint: httpEndpoint(dead) },
      {
        deployment: deployment({ id: 'deployment_far', siteId: oregon.id, slots: 8 }),
        endpoint: httpEndpoint(upstream.url),
      },
    ];
    const stage = await stageOf(snapshotOf(engines));
    const refused = await post(stage, hello(), {}, secrets.personal);
    expect(refused.status).toBe(503);
    expect(upstream.bodies).toHaveLength(0);

    const near = { deployment: deployment({ id: 'deployment_near' }), endpoint: httpEndpoint(upstream.url) };
    await stage.change(snapshotOf([...engines, near]));
    expect((await post(stage, hello(), {}, secrets.personal)).headers.get('x-kulning-site')).toBe(
      stockholm.slug,
    );
    expect(upstream.bodies).toHaveLength(1);
  });

  it('are reached on a unix socket too', async () => {
    const stage = await stageOf(snapshotOf([]));
    const socketPath = join(stage.home, 'engine.sock');
    const engine = createServer((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"object":"chat.completion","choices":[]}');
    });
    await new Promise<void>((resolve) => engine.listen(socketPath, resolve));
    closing.push(async () => void engine.close());
    await stage.change(
      snapshotOf([
        {
          deployment: deployment(),
          endpoint: { kind: 'scripted', origin: { socketPath }, basePath: '/v1', engineModel: 'herd' },
        },
      ]),
    );
    expect(await (await post(stage, hello())).text()).toBe('{"object":"chat.completion","choices":[]}');
  });
});

describe('control data that cannot be refreshed', () => {
  it('stops personal data after 30 s and everything else after ten minutes', async () => {
    let now = Date.parse('2026-06-01T00:00:00Z');
    const heardAt = now;
    const { stage } = await simple({}, { now: () => now, lastHeardAt: () => heardAt });
    const status = async (key: string) => (await post(stage, hello(), {}, key)).status;
    now += 30_000;
    expect(await status(secrets.personal)).toBe(200);
    now += 1;
    expect(await status(secrets.personal)).toBe(503);
    expect((await errorOf(await post(stage, hello(), {}, secrets.personal))).code).toBe('control_stale');
    expect(await status(secrets.internal)).toBe(200);
    now = heardAt + 600_001;
    expect(await status(secrets.public)).toBe(503);
  });

  it('takes a revoked key no longer once the change is read', async () => {
    const { stage, upstream } = await simple();
    expect((await post(stage, hello())).status).toBe(200);
    const next = snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(upstream.url) }]);
    await stage.change({ ...next, keys: new Map() });
    expect((await post(stage, hello())).status).toBe(401);
  });
});

describe('a gateway that is told to stop', () => {
  it('lets running answers end, cuts those that take too long, and has each on record', async () => {
    const upstream = await upstreamOf();
    const files = keepFiles();
    const stage = await startStage(
      snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(upstream.url) }]),
      { files },
    );
    const soon = post(stage, hello('slowly 60', { stream: true })).then((response) => response.text());
    const never = post(stage, hello('never answer')).then(
      () => 'answered',
      () => 'cut',
    );
    await expect.poll(upstream.running).toBe(2);
    const closed = stage.close();
    await expect(post(stage, hello())).rejects.toThrow();
    expect(await soon).toContain('data: [DONE]');
    expect(await never).toBe('cut');
    await closed;
    expect(
      files
        .frames()
        .map((record) => ('settled' in record ? record.settled.outcome : 'intent'))
        .sort(),
    ).toEqual(['answered', 'cancelled', 'intent', 'intent']);
  });

  it('settles a call whose engine nothing can be sent to', async () => {
    const { stage, upstream } = await simple();
    const endpoint = { ...httpEndpoint(upstream.url), authorization: 'Bearer with\nnewline' };
    await stage.change(snapshotOf([{ deployment: deployment(), endpoint }]));
    expect((await post(stage, hello())).status).toBe(502);
    expect(settled(await journal(stage)).map(({ outcome }) => outcome)).toEqual(['failed']);
  });
});

describe('the operator', () => {
  it('sees health, readiness and figures without a key', async () => {
    const { stage } = await simple();
    await post(stage, hello());
    expect(await (await fetch(`${stage.url}/healthz`)).text()).toBe('ok\n');
    expect((await fetch(`${stage.url}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${stage.url}/metrics`)).text();
    expect(metrics).toContain('kulning_calls_total{outcome="answered"} 1');
    expect(metrics).toMatch(/process_cpu_seconds_total [\d.]+/);
    expect(metrics).not.toContain(organisationId);
  });

  it('sees nothing kept of prompts and answers unless the organisation wants it', async () => {
    const kept: { prompt: unknown; answer: string }[] = [];
    const keepContent = async (_: string, __: string, content: { prompt: unknown; answer: string }) => {
      kept.push(content);
      return { sealed: { epoch: 1, wrappedKey: '', nonce: '', blobDigest: 'sha256:x' }, subjects: [] };
    };
    const { stage, upstream } = await simple({}, { keepContent });
    await post(stage, hello());
    expect(kept).toHaveLength(0);
    await stage.change(
      snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(upstream.url) }], { retentionDays: 30 }),
    );
    await post(stage, hello());
    expect(kept).toMatchObject([
      { prompt: [{ role: 'user', content: 'hello' }], answer: expect.stringContaining('herd home') },
    ]);
    expect(settled(await journal(stage))[1]?.content?.blobDigest).toBe('sha256:x');
  });
});

/** The real files, and what was written to them. */
function keepFiles(): SpoolFiles & { frames(): JournalRecord[] } {
  const frames: JournalRecord[] = [];
  return {
    ...nodeSpoolFiles,
    frames: () => frames,
    async create(path) {
      const file = await nodeSpoolFiles.create(path);
      let sequence = 1;
      return {
        ...file,
        async writeDurably(bytes, position) {
          await file.writeDurably(bytes, position);
          if (bytes.length >= 65_536) return;
          const found = decodeFrames(Buffer.from(bytes), position, sequence).frames;
          sequence += found.length;
          frames.push(...found.map(({ payload }) => JSON.parse(payload.toString()) as JournalRecord));
        },
      };
    },
  };
}

/** The real files, with a gate in front of small writes (the frames; segments are filled in large ones). */
function gatedFiles() {
  let opened: Promise<void> | undefined;
  let open: () => void = () => undefined;
  let arrived: () => void = () => undefined;
  let arrival = Promise.resolve();
  let failing = false;
  const files: SpoolFiles = {
    ...nodeSpoolFiles,
    async create(path) {
      const file = await nodeSpoolFiles.create(path);
      return {
        ...file,
        async writeDurably(bytes, position) {
          if (bytes.length < 65_536 && position > 0) {
            arrived();
            await opened;
            if (failing) {
              failing = false;
              throw Object.assign(new Error('EIO'), { code: 'EIO' });
            }
          }
          await file.writeDurably(bytes, position);
        },
      };
    },
  };
  return {
    files,
    hold() {
      opened = new Promise((resolve) => (open = resolve));
      arrival = new Promise((resolve) => (arrived = resolve));
    },
    waiting: () => arrival,
    pass: () => open(),
    fail: () => (failing = true),
  };
}

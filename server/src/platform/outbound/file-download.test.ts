import { fork } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { downloadFile, type FileDownload, type FileHead } from './file-download.ts';
import { createOutboundHosts } from './outbound-hosts.ts';

const timing = { firstBackoffMs: 1, longestBackoffMs: 4, giveUpAfter: 3 };
const hosts = createOutboundHosts(['127.0.0.1']);
const signal = new AbortController().signal;
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder: string;
let partPath: string;
let servers: Server[];
let heads: FileHead[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kulning-download-'));
  partPath = join(folder, 'model.part');
  servers = [];
  heads = [];
});
afterEach(() => {
  for (const server of servers) server.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

async function host(serve: Serve): Promise<string> {
  const server = createServer(serve).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.gguf`;
}

/** Serves ranges as RFC 9110 has it; `cuts` says after how many bytes each answer in turn breaks off. */
function fileHost(
  file: () => { bytes: Buffer; etag: string },
  cuts: number[] = [],
  asked: string[] = [],
): Serve {
  return (request, response) => {
    const { bytes, etag } = file();
    const range = /^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1];
    const from = range !== undefined && request.headers['if-range'] === etag ? Number(range) : 0;
    asked.push(request.headers.range ?? 'all');
    if (from >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}`, etag }).end();
      return;
    }
    const rest = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      etag,
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    const cut = cuts.shift() ?? rest.length;
    if (cut >= rest.length) response.end(rest);
    else {
      // What a connection carried when it broke may be lost: it breaks once the bytes have arrived.
      response.write(rest.subarray(0, cut));
      const arrived = setInterval(() => {
        if ((statSync(partPath, { throwIfNoEntry: false })?.size ?? 0) < from + cut) return;
        clearInterval(arrived);
        response.destroy();
      }, 5);
    }
  };
}

const download = (url: string, more: Partial<FileDownload> = {}) =>
  downloadFile(
    hosts,
    {
      url,
      partPath,
      validator: undefined,
      sha256: undefined,
      maxBytes: 1e9,
      onHead: async (head) => void heads.push(head),
      ...more,
    },
    signal,
    timing,
  );

test('whatever breaks off where, the file arrives as it is', async () => {
  const content = fc.uint8Array({ minLength: 1, maxLength: 5000 });
  const cutList = fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(content, cutList, async (content, cuts) => {
      rmSync(partPath, { force: true });
      const bytes = Buffer.from(content);
      const url = await host(fileHost(() => ({ bytes, etag: '"v1"' }), [...cuts]));
      const sha256 = digestOf(bytes);
      expect(await download(url, { sha256 })).toEqual({ sha256, sizeBytes: bytes.length });
      expect(readFileSync(partPath).equals(bytes)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('goes on where it ended, and asks for no byte twice', async () => {
  const bytes = randomBytes(10_000);
  const asked: string[] = [];
  const url = await host(fileHost(() => ({ bytes, etag: '"v1"' }), [4000], asked));
  await download(url, { sha256: digestOf(bytes) });
  const [, resumed] = asked;
  expect(asked[0]).toBe('all');
  expect(resumed).toBe('bytes=4000-');
  expect(heads[0]).toEqual({ totalBytes: 10_000, validator: '"v1"' });
});

test('a file that changed on the host starts over', async () => {
  const files = [randomBytes(9000), randomBytes(8000)];
  let version = 0;
  const serve = fileHost(() => ({ bytes: files[version] ?? Buffer.alloc(0), etag: `"v${version}"` }), [5000]);
  const url = await host((request, response) => {
    response.on('close', () => (version = 1));
    serve(request, response);
  });
  const sha256 = digestOf(files[1] ?? Buffer.alloc(0));
  expect(await download(url, { sha256 })).toMatchObject({ sha256 });
});

test('all of it is here already: nothing is fetched again', async () => {
  const bytes = randomBytes(3000);
  writeFileSync(partPath, bytes);
  const asked: string[] = [];
  const url = await host(fileHost(() => ({ bytes, etag: '"v1"' }), [], asked));
  expect(await download(url, { sha256: digestOf(bytes), validator: '"v1"' })).toMatchObject({
    sizeBytes: 3000,
  });
  expect(asked).toEqual(['bytes=3000-']);
});

test('without a digest from anywhere nothing is fetched; a hub’s announcement is one', async () => {
  const bytes = randomBytes(2000);
  const plain = fileHost(() => ({ bytes, etag: '"v1"' }));
  const url = await host(plain);
  await expect(download(url)).rejects.toMatchObject({ code: 'download.digest_unknown' });
  expect(statSync(partPath).size).toBe(0);
  const hub = await host((_, response) => {
    const linked = { 'x-linked-etag': `"${digestOf(bytes)}"`, 'x-linked-size': String(bytes.length) };
    response.writeHead(302, { location: url, ...linked }).end();
  });
  expect(await download(hub)).toMatchObject({ sha256: digestOf(bytes) });
});

test('a wrong digest deletes what came', async () => {
  const url = await host(fileHost(() => ({ bytes: randomBytes(2000), etag: '"v1"' })));
  await expect(download(url, { sha256: 'a'.repeat(64) })).rejects.toMatchObject({
    code: 'download.digest_wrong',
  });
  expect(existsSync(partPath)).toBe(false);
});

test('a host that announces another digest than the one given is refused before a byte', async () => {
  const url = await host((_, response) =>
    response.writeHead(200, { 'x-linked-etag': `"${'b'.repeat(64)}"` }).end('x'),
  );
  await expect(download(url, { sha256: 'a'.repeat(64) })).rejects.toMatchObject({
    code: 'download.digest_wrong',
  });
  expect(statSync(partPath).size).toBe(0);
});

test('a key stays with its host', async () => {
  const bytes = randomBytes(100);
  const keys: (string | undefined)[] = [];
  const store = await host((request, response) => {
    keys.push(request.headers.authorization);
    fileHost(() => ({ bytes, etag: '"v1"' }))(request, response);
  });
  const hub = await host((request, response) => {
    keys.push(request.headers.authorization);
    response.writeHead(307, { location: store }).end();
  });
  await download(hub, { authorization: 'hf_secret', sha256: digestOf(bytes) });
  expect(keys).toEqual(['Bearer hf_secret', undefined]);
});

test.each([
  ['http://models.example/a', 'outbound.host_not_allowed'],
  ['http://127.0.0.2:1/a', 'outbound.host_not_allowed'],
  ['http://169.254.169.254/latest/meta-data', 'outbound.host_not_allowed'],
  ['file:///etc/passwd', 'outbound.url_invalid'],
])('a redirect to %s is refused', async (location, code) => {
  const url = await host((_, response) => response.writeHead(302, { location }).end());
  await expect(download(url, { sha256: 'a'.repeat(64) })).rejects.toMatchObject({ code });
});

test('redirects that never end do end', async () => {
  const url = await host((request, response) =>
    response.writeHead(302, { location: `${request.url}x` }).end(),
  );
  await expect(download(url)).rejects.toMatchObject({ code: 'download.redirects' });
});

const sha256 = 'a'.repeat(64);
test.each<[string, Serve, string]>([
  ['keeps it for some', (_, r) => r.writeHead(401).end(), 'download.unauthorized'],
  ['has it no more', (_, r) => r.writeHead(404).end(), 'download.refused'],
  ['is never well', (_, r) => r.writeHead(503).end(), 'download.interrupted'],
  [
    'announces a file too large',
    (_, r) => r.writeHead(200, { 'content-length': 2e9 }).end(),
    'download.too_large',
  ],
  [
    'lies about what it sends',
    (_, r) => {
      r.writeHead(200, { 'x-linked-size': '10' });
      r.end('far more than ten bytes');
    },
    'download.length_wrong',
  ],
  [
    'announces two lengths',
    (_, r) => r.writeHead(200, { 'x-linked-size': '10', 'content-length': '3' }).end('abc'),
    'download.length_wrong',
  ],
  ['sends a part of it unasked', (_, r) => r.writeHead(206).end('abc'), 'download.interrupted'],
  ['hangs up without a byte', (request) => void request.socket.destroy(), 'download.interrupted'],
])('a host that %s', async (_, serve, code) => {
  await expect(download(await host(serve), { sha256 })).rejects.toMatchObject({ code });
});

test('a file larger than the disk is refused with the numbers', async () => {
  const url = await host((_, response) => response.writeHead(200, { 'content-length': 9e14 }).end());
  await expect(download(url, { sha256, maxBytes: 1e15 })).rejects.toMatchObject({
    code: 'download.no_space',
    message: expect.stringContaining('900000.0 GB'),
  });
});

test('kill -9 in the middle loses nothing: the next process goes on', async () => {
  const bytes = randomBytes(400_000);
  const asked: string[] = [];
  const url = await host((request, response) => {
    asked.push(request.headers.range ?? 'all');
    const from = Number(/^bytes=(\d+)-/u.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      etag: '"v1"',
      'content-length': rest.length,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (from > 0) return void response.end(rest);
    response.write(rest.subarray(0, 250_000)); // And then nothing: the process is killed here.
  });
  const child = fork(fileURLToPath(new URL('file-download-child.ts', import.meta.url)), [url, partPath], {
    execArgv: [],
  });
  while (!existsSync(partPath) || statSync(partPath).size < 250_000) await delay(10);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await download(url, { sha256: digestOf(bytes), validator: '"v1"' })).toMatchObject({
    sizeBytes: 400_000,
  });
  expect(asked).toEqual(['all', 'bytes=250000-']);
});

import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { SlowBodies } from './slow-bodies.ts';

let server: Server;
beforeEach(async () => {
  const slow = new SlowBodies();
  const times = { requestTimeout: 200, headersTimeout: 150, connectionsCheckingInterval: 50 };
  server = createServer(times, (request, response) => {
    const read = async () => {
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      response.end(String(bytes));
    };
    const work = request.url === '/slow' ? slow.during(request.socket, read) : read();
    work.catch(() => undefined);
  });
  slow.watch(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What the server says to bytes that come with a pause between them. */
async function say(parts: readonly string[], pauseMs: number): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let answer = '';
  socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  for (const part of parts) {
    socket.write(part);
    await sleep(pauseMs);
  }
  socket.end();
  await closed;
  return answer;
}

const head = (path: string) =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\n`;

it('a body that may be slow comes whole; any other is cut, as node does it by itself', async () => {
  expect(await say([head('/slow'), 'ab', 'cd'], 250)).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n4$/);
  expect(await say([head('/'), 'ab', 'cd'], 250)).toMatch(
    /^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n\r\n$/,
  );
});

it('a head that is broken or too long is told so', async () => {
  expect(await say(['GET nonsense\r\n\r\n'], 50)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(await say([`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`], 50)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
});

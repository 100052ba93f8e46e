import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, test } from 'vitest';

import { engineAdapters } from '../../adapters/engines/index.ts';
import { remoteEndpoint } from '../../adapters/engines/openai-http/openai-http-adapter.ts';
import { LoadBoard } from '../../core/engine/load-signal.ts';
import { pollLoads } from './load-poller.ts';

test('asks a server once with its key, believes it for all who share it, and for three misses', async () => {
  const asked: (string | undefined)[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    response.writeHead(status).end('vllm:num_requests_running 3\nvllm:num_requests_waiting 1\n');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const endpoint = remoteEndpoint(url, 'm', 'sk');
  const silent = remoteEndpoint('http://127.0.0.1:1/v1', 'm', undefined);
  const board = new LoadBoard();
  const poll = () =>
    pollLoads(
      engineAdapters,
      new Map([
        ['a', endpoint],
        ['b', endpoint],
        ['c', silent],
      ]),
      board,
      new AbortController().signal,
    );
  await poll();
  expect(asked).toEqual(['/metrics Bearer sk']);
  expect(board.signals()).toEqual({ a: { running: 3, queued: 1 }, b: { running: 3, queued: 1 } });
  status = 404;
  await poll();
  await poll();
  expect(Object.keys(board.signals())).toEqual(['a', 'b']);
  await poll();
  expect(board.signals()).toEqual({});
  server.close();
});

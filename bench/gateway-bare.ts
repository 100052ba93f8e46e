// node bench/gateway-bare.ts ENGINE_URL: passes requests on and answers back, and does nothing else. Prints its URL.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Pool } from 'undici';

const pool = new Pool(process.argv[2] ?? '', { pipelining: 1 });
const server = createServer((request, response) => {
  if (request.url === '/metrics') {
    const { user, system } = process.cpuUsage();
    return void response.end(`process_cpu_seconds_total ${(user + system) / 1e6}\n`);
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () =>
    pool.dispatch(
      {
        path: request.url ?? '/',
        method: 'POST',
        headers: ['content-type', 'application/json'],
        body: Buffer.concat(chunks),
      },
      {
        onRequestStart: () => undefined,
        onResponseStart(_, status, headers) {
          response.writeHead(status, { 'content-type': String(headers['content-type']) });
        },
        onResponseData: (_, chunk) => void response.write(chunk),
        onResponseEnd: () => void response.end(),
        onResponseError: () => void response.destroy(),
      },
    ),
  );
});
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);

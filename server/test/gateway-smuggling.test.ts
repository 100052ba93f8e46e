import { connect } from 'node:net';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { deployment, httpEndpoint, secrets, snapshotOf } from './gateway-snapshot.ts';
import { type Stage, startStage } from './gateway-stage.ts';
import { startUpstream, type TestUpstream } from './gateway-upstream.ts';

let upstream: TestUpstream;
let stage: Stage;
beforeAll(async () => {
  upstream = await startUpstream();
  stage = await startStage(snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(upstream.url) }]));
});
afterAll(async () => {
  await stage.close();
  await upstream.close();
});

const body = JSON.stringify({ model: 'herd', messages: [{ role: 'user', content: 'hello' }] });
const head = (...lines: string[]) =>
  [
    'POST /v1/chat/completions HTTP/1.1',
    'host: x',
    `authorization: Bearer ${secrets.internal}`,
    ...lines,
    '',
    '',
  ].join('\r\n');
const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** Everything that the gateway says to these bytes until it closes, or for a moment. */
function say(bytes: string): Promise<string> {
  const { hostname, port } = new URL(stage.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let said = '';
    socket.on('data', (piece) => (said += piece.toString('latin1')));
    socket.on('error', () => undefined); // A reset is an answer too.
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve(said);
    };
    socket.on('close', end);
    const timer = setTimeout(end, 700);
  });
}
const statuses = (said: string) =>
  [...said.matchAll(/HTTP\/1\.1 (\d{3})/gu)].map(([, status]) => Number(status));

describe('two readers never understand one request differently', () => {
  const smuggled = `GET /v1/models HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${secrets.internal}\r\n\r\n`;
  it.each([
    [
      'two ways to say how long it is',
      head(`content-length: ${body.length}`, 'transfer-encoding: chunked') + chunked,
    ],
    ['two lengths', head(`content-length: ${body.length}`, 'content-length: 3') + body],
    ['a length in a list', head(`content-length: ${body.length}, ${body.length}`) + body],
    ['a length with a sign', head(`content-length: +${body.length}`) + body],
    ['chunked, but not last', head('transfer-encoding: chunked, identity') + chunked],
    ['an unknown coding', head('transfer-encoding: xchunked') + chunked],
    ['a folded line', head('x-fold: a', ' b', `content-length: ${body.length}`) + body],
    ['a space before the colon', head(`content-length : ${body.length}`) + body],
    [
      'a bare line feed in the head',
      head(`content-length: ${body.length}`).replace('host: x\r\n', 'host: x\n') + body,
    ],
    ['a chunk whose length is no number', `${head('transfer-encoding: chunked')}zz\r\n${body}\r\n0\r\n\r\n`],
    ['a null byte in a header', head('x-null: a\0b', `content-length: ${body.length}`) + body],
    ['no host', head(`content-length: ${body.length}`).replace('host: x\r\n', '') + body],
    ['two hosts', head('host: y', `content-length: ${body.length}`) + body],
  ])('%s is refused, and what follows is not read', async (_, bytes) => {
    const before = upstream.bodies.length;
    expect(statuses(await say(bytes + smuggled))).toEqual([400]);
    expect(upstream.bodies).toHaveLength(before);
  });

  it('an absolute address, as for a proxy, is no path of this API', async () => {
    const before = upstream.bodies.length;
    const bytes = head('connection: close', `content-length: ${body.length}`) + body;
    const absolute = bytes.replace('POST /v1', 'POST http://169.254.169.254/v1');
    expect(statuses(await say(absolute))).toEqual([404]);
    expect(upstream.bodies).toHaveLength(before);
  });

  it('a body in chunks is one request, and the next on the connection another', async () => {
    const said = await say(head('transfer-encoding: chunked') + chunked + smuggled);
    expect(statuses(said)).toEqual([200, 200]);
  });
});

describe('a head', () => {
  it.each([
    ['one header of 20 kB', head(`x-large: ${'x'.repeat(20_000)}`)],
    ['3,000 headers', head(...Array.from({ length: 3_000 }, (_, at) => `x-many-${at}: 1`))],
    ['a target of 20 kB', head().replace('/v1/chat/completions', `/${'x'.repeat(20_000)}`)],
  ])('with %s is refused', async (_, bytes) => {
    expect(statuses(await say(bytes))).toEqual([431]);
  });

  it('holds no header of the caller on its way to the engine', async () => {
    const bytes =
      head('x-internal: 1', 'cookie: a=b', 'connection: close', `content-length: ${body.length}`) + body;
    expect(statuses(await say(bytes))).toEqual([200]);
    expect(Object.keys(upstream.headers.at(-1) ?? {}).toSorted()).toEqual(
      ['connection', 'content-length', 'content-type', 'host', 'x-request-id'].toSorted(),
    );
  });
});

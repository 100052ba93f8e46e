// An engine that costs nothing: the same answer every time, whole (about 1 kB) or as 64 events, each
// written for itself in a turn of its own; with "held":true half of them and no end. Prints its URL.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const usage = { prompt_tokens: 120, completion_tokens: 32, total_tokens: 152 };
const whole = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'engine-model',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'herd '.repeat(140) }, finish_reason: 'stop' },
    ],
    usage,
  }),
);
const event = (fields: object) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'engine-model', ...fields })}\n\n`;
const deltas = Array.from({ length: 62 }, (_, index) =>
  event({ choices: [{ index: 0, delta: { content: ` token${index}` }, finish_reason: null }] }),
);
const events = [
  ...deltas,
  event({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  event({ choices: [], usage }),
  'data: [DONE]\n\n',
].map((text) => Buffer.from(text));

const server = createServer((request, response) => {
  let streamed = false;
  let held = false;
  request.on('data', (chunk: Buffer) => {
    streamed ||= chunk.includes('"stream":true');
    held ||= chunk.includes('"held":true');
  });
  request.on('end', () => {
    if (streamed) {
      response.writeHead(200, ['content-type', 'text/event-stream']);
      return held ? void response.write(Buffer.concat(events.slice(0, 32))) : writeEvents(response, 0);
    }
    response.writeHead(200, ['content-type', 'application/json', 'content-length', String(whole.length)]);
    response.end(whole);
  });
});
// Longer than any pause of the benchmark: a connection that closes while it is picked up again fails a call.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`),
);

function writeEvents(response: ServerResponse, at: number): void {
  const bytes = events[at];
  if (!bytes) return void response.end();
  response.write(bytes);
  setImmediate(writeEvents, response, at + 1);
}

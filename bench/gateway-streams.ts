// What open streams cost in memory: a gateway of its own, warmed up, then a thousand streams that have begun and do not
// end, as with a model that thinks for long.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { load, type Stand } from './gateway-stand.ts';

const streams = 1_000;
const messages = [{ role: 'user', content: 'word '.repeat(160) }];

/** Resident memory of the gateway's process with a thousand open streams, and at rest before them. */
export async function openStreamsMb(
  stand: Stand,
): Promise<{ readonly restMb: number; readonly openMb: number }> {
  const gateway = await stand.startGateway('streams');
  for (const stream of [false, true])
    await load(gateway, 64, 1_000, JSON.stringify({ model: 'herd', messages, stream }));
  await sleep(2_000);
  const restMb = residentMb(gateway.pid);
  const body = JSON.stringify({ model: 'herd', messages, stream: true, held: true });
  const closing: (() => void)[] = [];
  // Some at a time: a thousand connections in one instant would measure the backlog of the socket.
  for (let begun = 0; begun < streams; begun += 50)
    await Promise.all(Array.from({ length: 50 }, async () => closing.push(await begin(gateway.url, body))));
  await sleep(2_000);
  const openMb = residentMb(gateway.pid);
  for (const close of closing) close();
  return { restMb, openMb };
}

/** Resolves when the first events have come. @returns how to hang up */
async function begin(url: string, body: string): Promise<() => void> {
  const headers = { authorization: 'Bearer kln_internal', 'content-type': 'application/json' };
  const asking = request(url, { method: 'POST', headers, agent: false });
  asking.end(body);
  const [answer] = (await once(asking, 'response')) as [NodeJS.ReadableStream & { statusCode?: number }];
  if (answer.statusCode !== 200) throw new Error(`a stream was answered with ${answer.statusCode}`);
  await once(answer, 'data');
  asking.on('error', () => undefined); // it is cut by this side, at the end
  return () => void asking.destroy();
}

/** proc(5): VmRSS, in kB. */
function residentMb(pid: number): number {
  const [, kilobytes = '0'] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(kilobytes) / 1024;
}

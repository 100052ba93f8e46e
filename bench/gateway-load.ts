// node bench/gateway-load.ts URL CALLERS CALLS BODY HEADERS: closed loop; prints { p50Ms, p99Ms, perSecond, failed } as JSON.
import { Pool } from 'undici';

const [url = '', callers = '1', calls = '1', body = '', more = '{}'] = process.argv.slice(2);
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: Number(callers), pipelining: 1 });
const headers = {
  'content-type': 'application/json',
  authorization: 'Bearer kln_internal',
  ...(JSON.parse(more) as Record<string, string>),
};
const took: number[] = [];
let left = Number(calls);
let failed = 0;

async function caller(): Promise<void> {
  while (left-- > 0) {
    const begun = performance.now();
    const { statusCode, body: answer } = await pool.request({
      path: pathname,
      method: 'POST',
      headers,
      body,
    });
    const text = await answer.text();
    if (statusCode !== 200 || !(text.endsWith('}') || text.endsWith('[DONE]\n\n'))) failed++;
    took.push(performance.now() - begun);
  }
}

const begun = performance.now();
await Promise.all(Array.from({ length: Number(callers) }, caller));
const seconds = (performance.now() - begun) / 1000;
took.sort((a, b) => a - b);
const at = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN;
console.log(JSON.stringify({ p50Ms: at(0.5), p99Ms: at(0.99), perSecond: took.length / seconds, failed }));
await pool.close();

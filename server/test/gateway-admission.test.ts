import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { decide } from '../src/core/placement/decide.ts';
import { errorOf, hello, intents, journal, post, settled } from './gateway-calls.ts';
import { gatewayScene } from './gateway-scene.ts';
import { deployment, httpEndpoint, snapshotOf } from './gateway-snapshot.ts';

const { upstreamOf, stageOf } = gatewayScene();

/** One engine with this many slots. */
async function busy(slots: number) {
  const upstream = await upstreamOf();
  const snapshot = snapshotOf([{ deployment: deployment({ slots }), endpoint: httpEndpoint(upstream.url) }]);
  return { upstream, snapshot, stage: await stageOf(snapshot) };
}

const slow = (ms: number) => hello(`slowly ${ms}`, { stream: true });
const textOf = async (answer: Promise<Response>) => (await answer).text();

describe('a call that finds all slots taken', () => {
  it('waits in its order, and no slot is taken twice', async () => {
    const { stage, upstream } = await busy(2);
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, upstream.running())), 1);
    const answers = await Promise.all(Array.from({ length: 9 }, () => textOf(post(stage, slow(5)))));
    clearInterval(watch);
    expect(answers.every((text) => text.endsWith('data: [DONE]\n\n'))).toBe(true);
    expect(most).toBe(2);
    const recorded = intents(await journal(stage));
    expect(recorded).toHaveLength(9);
    expect(recorded.some(({ decision }) => decision.inputs.waiting !== undefined)).toBe(true);
  });

  it('decides by what is recorded: the decision replays to the same deployment', async () => {
    const { stage, snapshot } = await busy(1);
    await Promise.all([1, 2, 3].map(() => textOf(post(stage, slow(5)))));
    for (const { decision, placed } of intents(await journal(stage))) {
      const { ground } = snapshot;
      const replayed = decide(decision.request, ground.facts, decision.inputs, ground.judge, ground.index);
      expect(replayed.outcome === 'placed' && replayed.placement.deploymentId).toBe(placed?.deploymentId);
    }
  });

  it('is refused when its caller will not wait so long, and told when to come back', async () => {
    const { stage, upstream } = await busy(1);
    const first = textOf(post(stage, slow(200)));
    await expect.poll(() => upstream.running()).toBe(1);
    const refused = await post(stage, hello(), { 'x-kulning-max-wait-ms': '50' });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await errorOf(refused)).code).toBe('capacity.none');
    await first;
  });

  it('goes behind all others if it says that nobody waits for it', async () => {
    const { stage, upstream } = await busy(1);
    const first = textOf(post(stage, slow(100)));
    await expect.poll(() => upstream.running()).toBe(1);
    const low = textOf(post(stage, hello('low'), { 'x-kulning-priority': 'low' }));
    await sleep(60);
    const normal = textOf(post(stage, hello('normal')));
    await Promise.all([first, low, normal]);
    const order = upstream.bodies.map((body) => /"content":"(\w+)/.exec(body.toString())?.[1]);
    expect(order).toEqual(['slowly', 'normal', 'low']);
  });

  it('leaves the queue when its caller hangs up, and the slot goes to the next', async () => {
    const { stage, upstream } = await busy(1);
    const first = textOf(post(stage, slow(100)));
    await expect.poll(() => upstream.running()).toBe(1);
    const gone = new AbortController();
    const waiting = fetch(`${stage.url}/v1/chat/completions`, {
      method: 'POST',
      signal: gone.signal,
      headers: { authorization: 'Bearer kln_internal' },
      body: JSON.stringify(hello('gone')),
    }).catch(() => 'gone');
    await sleep(60);
    const next = post(stage, hello('next'));
    await sleep(60);
    gone.abort();
    expect(await waiting).toBe('gone');
    await first;
    expect((await next).status).toBe(200);
    expect(upstream.bodies.some((body) => body.toString().includes('gone'))).toBe(false);
  });
});

describe('a call that an engine broke off', () => {
  it('is sent once, unless its caller says that it may be repeated', async () => {
    const { stage, upstream } = await busy(4);
    expect((await post(stage, hello('die at once'))).status).toBe(502);
    expect(upstream.bodies).toHaveLength(1);
    const repeated = await post(stage, hello('status 503'), { 'x-kulning-repeatable': 'yes' });
    expect(repeated.status).toBe(503);
    expect(upstream.bodies).toHaveLength(5);
    // One call, one end, however often it was tried.
    expect(settled(await journal(stage))).toHaveLength(2);
  });

  it('is not repeated after the first byte of an answer', async () => {
    const { stage, upstream } = await busy(4);
    const answer = await post(stage, hello('die midway', { stream: true }), {
      'x-kulning-repeatable': 'yes',
    });
    expect(await answer.text()).toContain('"error"');
    expect(upstream.bodies).toHaveLength(1);
  });
});

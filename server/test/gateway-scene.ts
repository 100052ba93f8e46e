import { afterEach } from 'vitest';

import type { Snapshot } from '../src/features/gateway/index.ts';
import { deployment, httpEndpoint, snapshotOf } from './gateway-snapshot.ts';
import { type Stage, startStage } from './gateway-stage.ts';
import { startUpstream, type TestUpstream } from './gateway-upstream.ts';

/** Gateways and engines of one test file; each test's are closed after it. */
export function gatewayScene() {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function upstreamOf(): Promise<TestUpstream> {
    const upstream = await startUpstream();
    closing.push(() => upstream.close());
    return upstream;
  }

  async function stageOf(snapshot: Snapshot, over: Parameters<typeof startStage>[1] = {}): Promise<Stage> {
    const stage = await startStage(snapshot, over);
    closing.push(() => stage.close());
    return stage;
  }

  async function simple(
    over: Parameters<typeof snapshotOf>[1] = {},
    stageOver: Parameters<typeof startStage>[1] = {},
  ) {
    const upstream = await upstreamOf();
    const stage = await stageOf(
      snapshotOf([{ deployment: deployment(), endpoint: httpEndpoint(upstream.url) }], over),
      stageOver,
    );
    return { upstream, stage };
  }

  return { closing, upstreamOf, stageOf, simple };
}

import { describe, expect, it } from 'vitest';

import { GatewayMetrics } from './gateway-metrics.ts';

const gauges = { inFlight: 0, snapshotAgeSeconds: 0, spoolFreeBytes: 1 };
const call = {
  outcome: 'answered',
  totalMs: 1_050,
  overheadMs: 0.4,
  firstByteMs: 50,
  tokens: { input: 300, output: 21 },
} as const;
const series = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('metrics of a gateway', () => {
  it('have no more series for ten thousand models than for a hundred, and count every call', () => {
    const metrics = new GatewayMetrics();
    const ask = (from: number, to: number) => {
      for (let index = from; index < to; index++) {
        metrics.settled(call, { model: `model-${index}`, ability: index % 2 === 0 ? 'chat' : 'embeddings' });
        metrics.settled(call, { model: 'model-0', ability: 'responses' });
        metrics.rejected(401);
      }
      return series(metrics.text(gauges));
    };
    const few = ask(0, 100);
    const many = ask(100, 10_000);
    expect(many.length).toBe(few.length);
    expect(many.length).toBeLessThan(7_500);
    const counted = many
      .filter((line) => line.startsWith('gen_ai_server_request_duration_seconds_count'))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
    expect(counted).toBe(20_000);
    expect(many.some((line) => line.includes('gen_ai_request_model="other"'))).toBe(true);
  });

  it('are what Prometheus reads: one name once, running totals, escaped labels', () => {
    const metrics = new GatewayMetrics();
    metrics.settled(call, { model: 'a"b\\c\nd', ability: 'chat' });
    metrics.settled(call, { model: 'herd', ability: 'responses' });
    metrics.settled(call, { model: 'herd', ability: 'chat' });
    metrics.queued(120);
    metrics.synced(6, 2);
    const text = metrics.text({
      ...gauges,
      spans: [{ exported: 4, dropped: 1, rejected: 0, waiting: 2 }, undefined],
    });
    const lines = series(text);
    expect(new Set(lines.map((line) => line.slice(0, line.lastIndexOf(' ')))).size).toBe(lines.length);
    expect(
      lines.every((line) =>
        /^[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\["\\n])*"(,[a-z_]+="(?:[^"\\\n]|\\["\\n])*")*\})? \S+$/u.test(
          line,
        ),
      ),
    ).toBe(true);
    const herd = '{gen_ai_operation_name="chat",gen_ai_provider_name="kulning",gen_ai_request_model="herd"';
    expect(lines).toContain(`gen_ai_server_time_to_first_token_seconds_count${herd}} 2`);
    // Twenty tokens after the first in one second.
    expect(lines).toContain(`gen_ai_server_time_per_output_token_seconds_bucket${herd},le="0.05"} 2`);
    expect(lines).toContain(`kulning_output_tokens_per_second_sum${herd}} 40`);
    expect(lines).toContain(`kulning_queue_wait_seconds_bucket{le="0.25"} 1`);
    expect(lines).toContain('kulning_spool_frames_per_sync_sum 6');
    expect(lines).toContain('kulning_spans_total{outcome="dropped"} 1');
  });
});

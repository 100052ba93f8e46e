import type { Hono } from 'hono';

/** What a process says of itself to whoever watches over it. */
export interface Health {
  isReady(): Promise<boolean>;
  /** Prometheus text format 0.0.4. */
  metrics(): Promise<string>;
}

/** `/healthz`: it runs. `/readyz`: it can do its work. `/metrics`: what it has done. None shows content or needs a key. */
export function addHealth(app: Hono, health: Health): void {
  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', async (c) => {
    const ready = await health.isReady();
    return c.json({ ready }, ready ? 200 : 503);
  });
  app.get('/metrics', async (c) =>
    c.body(await health.metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
}

import type { Hono } from 'hono';

interface Resource {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly body: Uint8Array;
}

/** Serves a log as C2SP tlog-tiles clients and witnesses read it; to strangers too, because that is its point. */
export function serveTlog(
  app: Hono,
  read: (path: string, what: { readonly entries: boolean }) => Promise<Resource | undefined>,
): void {
  app.get('/tlog/*', async (c) => {
    const found = await read(c.req.path, { entries: false });
    if (!found) return c.text('There is nothing here in this log.', 404);
    const headers = { 'content-type': found.contentType, 'cache-control': found.cacheControl };
    return new Response(Buffer.from(found.body), { headers });
  });
}

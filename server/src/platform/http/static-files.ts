import { createReadStream, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { Readable } from 'node:stream';

import type { Hono } from 'hono';

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
};

/** Nothing but this origin: no script, style, font, frame or request elsewhere. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/** Serves a folder; an address without a file extension gets `index.html`, because the page routes it. */
export function serveStaticFiles(
  app: Hono,
  folder: string,
  extra: Readonly<Record<string, string>> = {},
): void {
  app.get('*', (c) => {
    const path = normalize(decodeURIComponent(c.req.path));
    const file = extra[path] ?? fileUnder(folder, path);
    if (file === undefined) return c.text('Not found. The console is built by `npm run build`.', 404);
    const hashed = path.startsWith('/assets/');
    return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream, {
      headers: {
        ...pageHeaders,
        'content-type': mediaTypes[extname(file)] ?? 'application/octet-stream',
        'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      },
    });
  });
}

function fileUnder(folder: string, path: string): string | undefined {
  const asked = join(folder, path);
  if (asked.startsWith(folder) && isFile(asked)) return asked;
  const page = join(folder, 'index.html');
  return extname(path) === '' && isFile(page) ? page : undefined;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

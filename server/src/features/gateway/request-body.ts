import type { IncomingMessage } from 'node:http';

/** The caller went away before the body was complete. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/** Whether the request says of itself that it is too long: then not a byte of it is read. */
export function announcesTooMuch(request: IncomingMessage, limit: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > limit;
}

/**
 * The whole body, in one buffer. Slow senders are cut by the server's `requestTimeout`.
 * @throws BodyTooLarge at the first chunk beyond the limit, CallerGone
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        request.pause();
        reject(new BodyTooLarge());
      } else chunks.push(chunk);
    });
    request.on('end', () => {
      const [first] = chunks;
      resolve(chunks.length === 1 && first ? first : Buffer.concat(chunks, length));
    });
    request.on('close', () => {
      // An error costs a stack trace: not for every request that is simply over.
      if (!request.complete) reject(new CallerGone());
    });
    request.on('error', () => reject(new CallerGone()));
  });
}

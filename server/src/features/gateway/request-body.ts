import type { IncomingMessage } from 'node:http';

import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Language } from '../../core/policy/rule.ts';
import { say } from './gateway-words.ts';

/** The caller went away before the body was complete. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone';
}

export function tooLarge(limit: number, language: Language): OpenAiError {
  return new OpenAiError(413, say('bodyTooLarge', language, { limit }), { code: 'request_too_large' });
}

/**
 * The whole body, in one buffer. Slow senders are cut by the server's `requestTimeout`.
 * @throws OpenAiError 413 at the first chunk beyond the limit, CallerGone
 */
export function readBody(request: IncomingMessage, limit: number, language: Language): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        request.pause();
        reject(tooLarge(limit, language));
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

import { KulningError } from '@kulning/sdk';
import { describe, expect, it } from 'vitest';

import { AnswerCache, type HeldAnswer } from './answer-cache.ts';

const bytes = (text: string) => Buffer.from(text);
const held = (organisationId: string, key: string, size = 100): HeldAnswer => ({
  organisationId,
  id: `record_${key}`,
  key,
  generation: 0,
  sealed: { epoch: 1, wrappedKey: bytes(''), nonce: bytes(''), ciphertext: Buffer.alloc(size) },
  createdAt: 0,
  expiresAt: 1_000,
});

/** A vault whose keys of an organisation can be destroyed. */
function vaultOf(destroyed: Set<string>) {
  return {
    open(organisationId: string, recordId: string) {
      if (destroyed.has(organisationId))
        throw new KulningError({
          code: 'vault.key_destroyed',
          status: 410,
          text: { en: { message: 'Gone.' }, fr: { message: 'Parti.' }, sv: { message: 'Borta.' } },
        });
      return bytes(JSON.stringify({ call: 'call_1', answer: recordId }));
    },
  };
}

describe('answers in memory', () => {
  it('are one organisation’s, until they lapse', () => {
    const cache = new AnswerCache(vaultOf(new Set()));
    cache.put(held('a', 'k'), 10_000);
    expect(cache.find('a', 'k', 999)?.answer).toBe('record_k');
    expect(cache.find('b', 'k', 0)).toBeUndefined();
    expect(cache.find('a', 'k', 1_000)).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it('are gone with the key that an erasure destroyed', () => {
    const destroyed = new Set<string>();
    const cache = new AnswerCache(vaultOf(destroyed));
    cache.put(held('a', 'k'), 10_000);
    destroyed.add('a');
    expect(cache.find('a', 'k', 0)).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });

  it('stay within the bound, the least recently used going first', () => {
    const cache = new AnswerCache(vaultOf(new Set()));
    for (const key of ['one', 'two', 'three']) {
      cache.put(held('a', key, 600), 2_500);
      cache.find('a', 'one', 0);
    }
    expect(['one', 'two', 'three'].map((key) => cache.find('a', key, 0) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
    cache.put(held('a', 'huge', 5_000), 2_500);
    expect([cache.find('a', 'huge', 0), cache.bytes]).toEqual([undefined, 0]);
    cache.put(held('b', 'k'), 10_000);
    cache.keepOnly(new Map([['a', 0]]));
    expect([cache.find('b', 'k', 0), cache.bytes]).toEqual([undefined, 0]);
    cache.put(held('a', 'k'), 10_000);
    cache.keepOnly(new Map([['a', 1]]));
    expect(cache.find('a', 'k', 0)).toBeUndefined();
  });

  it('are given to who writes them once', () => {
    const cache = new AnswerCache(vaultOf(new Set()));
    expect(cache.put(held('a', 'k'), 10_000, { ...held('a', 'k'), links: [] })).toBe(true);
    expect(cache.put(held('a', 'l'), 10_000)).toBe(false);
    expect(cache.takeFresh().map(({ key }) => key)).toEqual(['k']);
    expect(cache.takeFresh()).toEqual([]);
  });
});

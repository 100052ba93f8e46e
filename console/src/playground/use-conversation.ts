import { clientWords, instanceOperations, KulningError } from '@kulning/sdk';
import { useRef, useState } from 'react';

import { useClient } from '../app/api.tsx';
import type { Language } from '../words/format.ts';
import { useSpeech } from '../words/words.tsx';
import { completionText, errorOfOpenAi } from './completion-stream.ts';

/** `none` is unclassified: refused everywhere. */
export type DataClass = 'public' | 'internal' | 'personal' | 'special' | 'none';

export interface Question {
  readonly model: string;
  readonly dataClass: DataClass;
  readonly text: string;
}

export interface Exchange {
  readonly state: 'idle' | 'asking' | 'streaming' | 'done' | 'cancelled' | 'failed';
  readonly answer: string;
  readonly error: KulningError | null;
  /** Refusals have one too. */
  readonly receiptId: string | undefined;
  /** The receipt is asked for only when nothing more will change. */
  readonly settled: boolean;
}

const idle: Exchange = { state: 'idle', answer: '', error: null, receiptId: undefined, settled: false };

interface Key {
  readonly secret: string;
  readonly expiresAt: string;
}

/**
 * Asks as any other client would, with a key that lives an hour and only in this page; the page's own server hands the
 * request to the gateway, so that the page speaks to one origin.
 */
export function useConversation() {
  const client = useClient();
  const { language } = useSpeech();
  const keys = useRef(new Map<DataClass, Key>());
  const abort = useRef<AbortController>(undefined);
  const [exchange, setExchange] = useState<Exchange>(idle);

  const keyFor = async (dataClass: DataClass): Promise<Key> => {
    const held = keys.current.get(dataClass);
    if (held && new Date(held.expiresAt).getTime() > Date.now() + 60_000) return held;
    const key = await client.call(instanceOperations.playgroundKey, {
      body: { dataClass: dataClass === 'none' ? null : dataClass },
    });
    keys.current.set(dataClass, key);
    return key;
  };

  const ask = async (question: Question): Promise<void> => {
    abort.current?.abort();
    const control = new AbortController();
    abort.current = control;
    const change = (part: Partial<Exchange>) =>
      abort.current === control && setExchange((before) => ({ ...before, ...part }));
    setExchange({ ...idle, state: 'asking' });
    try {
      const key = await keyFor(question.dataClass);
      const response = await sendQuestion(key, question, language, control.signal);
      change({ receiptId: response.headers.get('x-kulning-receipt') ?? undefined });
      if (!response.ok || !response.body) throw await errorOfResponse(response);
      change({ state: 'streaming' });
      let answer = '';
      for await (const text of completionText(response.body)) change({ answer: (answer += text) });
      change({ state: 'done', settled: true });
    } catch (cause) {
      if (control.signal.aborted) change({ state: 'cancelled', settled: true });
      else
        change({
          state: 'failed',
          settled: true,
          error: cause instanceof KulningError ? cause : unreachable(cause),
        });
    }
  };

  return { exchange, ask, cancel: () => abort.current?.abort() };
}

/** A key is new to the gateway for a moment: it hears of it within a second. */
const newKeyTries = 12;
const newKeyPauseMs = 150;

async function sendQuestion(
  key: Key,
  question: Question,
  language: Language,
  signal: AbortSignal,
): Promise<Response> {
  for (let tried = 1; ; tried += 1) {
    const response = await fetch('/v1/chat/completions', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key.secret}`,
        'content-type': 'application/json',
        'accept-language': language,
      },
      body: JSON.stringify({
        model: question.model,
        stream: true,
        messages: [{ role: 'user', content: question.text }],
      }),
      signal,
    });
    if (response.status !== 401 || tried === newKeyTries) return response;
    await new Promise((resolve) => setTimeout(resolve, newKeyPauseMs));
  }
}

async function errorOfResponse(response: Response): Promise<KulningError> {
  const body: unknown = await response.json().catch(() => ({}));
  const error =
    typeof body === 'object' && body !== null && 'error' in body
      ? (body.error as Parameters<typeof errorOfOpenAi>[0])
      : {};
  return errorOfOpenAi(error, response.status);
}

const unreachable = (cause: unknown) =>
  new KulningError({
    code: 'gateway.unreachable',
    status: 503,
    text: clientWords.gatewayUnreachable(''),
    retryable: true,
    cause,
  });

import { inEachLanguage, KulningError, type Localized } from '@kulning/sdk';

import { isSignedBy } from '../../core/ledger/note-verification.ts';
import {
  formatSignatureLine,
  keyIdOf,
  parseNote,
  parseSignatureLines,
  parseVerifierKey,
} from '../../core/ledger/signed-note.ts';
import { witnessWords } from './witness-words.ts';
import type { WitnessAddress } from './witness-store.ts';

/** What a witness said to a head. */
export type WitnessAnswer =
  | { readonly kind: 'cosigned'; readonly lines: string; readonly vkeys: readonly string[] }
  /** It knows the log at another size. */
  | { readonly kind: 'conflict'; readonly size: number }
  /** The head does not continue what it has seen. */
  | { readonly kind: 'inconsistent' }
  | { readonly kind: 'refused'; readonly detail: Localized<string> };

interface Submission {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  /** Signed checkpoint. */
  readonly note: string;
}

const TIMEOUT_MS = 10_000;
/** Four cosignatures of the longest kind need a quarter of it. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Submits a head (C2SP tlog-witness add-checkpoint). It connects to the host that the witness was added with and to no
 * other: redirects are refused.
 * @throws KulningError `witness.unreachable`
 */
export async function submitCheckpoint(
  witness: WitnessAddress,
  { oldSize, proof, note }: Submission,
  signal: AbortSignal,
): Promise<WitnessAnswer> {
  const hashes = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('');
  const { status, text } = await post(
    `${witness.url.replace(/\/+$/, '')}/add-checkpoint`,
    `old ${oldSize}\n${hashes}\n${note}`,
    AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  );
  if (status === 409 && /^(0|[1-9]\d{0,15})\n$/.test(text)) return { kind: 'conflict', size: Number(text) };
  if (status === 422) return { kind: 'inconsistent' };
  if (status >= 500) throw unreachable(witnessWords.answeredStatus(status));
  if (status !== 200) return { kind: 'refused', detail: witnessWords.answeredStatus(status) };
  const cosigned = cosignaturesOf(witness, note, text);
  if (cosigned.vkeys.length === 0) return { kind: 'refused', detail: witnessWords.noCosignature };
  return { kind: 'cosigned', ...cosigned };
}

/** Those lines of an answer that its own keys have made over this head; others are ignored, as C2SP says. */
function cosignaturesOf(
  witness: WitnessAddress,
  note: string,
  answer: string,
): { lines: string; vkeys: string[] } {
  const signatures = parseSignatureLines(answer) ?? [];
  const text = parseNote(note)?.text ?? '';
  const valid = witness.vkeys.flatMap((vkey) => {
    const key = parseVerifierKey(vkey);
    const signature = signatures.find(({ name, keyId }) => key?.name === name && keyIdOf(key) === keyId);
    if (key === undefined || signature === undefined || !isSignedBy(key, text, signature)) return [];
    return { vkey, line: formatSignatureLine(signature) };
  });
  return { lines: valid.map(({ line }) => line).join(''), vkeys: valid.map(({ vkey }) => vkey) };
}

async function post(
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'error',
      signal,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) throw unreachable(witnessWords.answerTooLong);
      chunks.push(chunk);
    }
    return { status: response.status, text: Buffer.concat(chunks).toString() };
  } catch (cause) {
    if (cause instanceof KulningError) throw cause;
    const timedOut = cause instanceof DOMException && cause.name === 'TimeoutError';
    throw unreachable(timedOut ? witnessWords.timedOut : witnessWords.noConnection, cause);
  }
}

function unreachable(detail: Localized<string>, cause?: unknown): KulningError {
  return new KulningError({
    code: 'witness.unreachable',
    status: 503,
    text: inEachLanguage((language) => ({
      message: detail[language],
      hint: witnessWords.mend[language],
    })),
    retryable: true,
    cause,
  });
}

import { rm, statfs } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { KulningError } from '@kulning/sdk';

import { downloadWords } from './download-words.ts';
import type { OutboundHosts } from './outbound-hosts.ts';
import { openOutbound } from './outbound-request.ts';
import { PartFile } from './part-file.ts';

/** What a host says of a file. */
export interface FileHead {
  readonly totalBytes: number | undefined;
  /** A strong ETag or a date: the part is a beginning of this version and no other (RFC 9110 §13.1.5). */
  readonly validator: string | undefined;
}

export interface FileDownload {
  readonly url: string;
  readonly authorization?: string;
  /** Where it grows. What is there is taken for a beginning, if `validator` is known. */
  readonly partPath: string;
  readonly validator: string | undefined;
  /** Hex; without it, the host must announce one. */
  readonly sha256: string | undefined;
  readonly maxBytes: number;
  /** Before anything of that file is written, so that it can be remembered. */
  onHead(head: FileHead): Promise<void>;
}

export interface DownloadTiming {
  readonly firstBackoffMs: number;
  readonly longestBackoffMs: number;
  /** Attempts in a row that bring not one byte more than there ever was. */
  readonly giveUpAfter: number;
}

const defaultTiming: DownloadTiming = { firstBackoffMs: 500, longestBackoffMs: 30_000, giveUpAfter: 6 };
/** Never filled: databases live on the same disk. */
const RESERVED_BYTES = 1 << 30;

/** The connection broke or the host is busy: worth another attempt. */
class Interruption extends Error {
  readonly afterMs: number;
  constructor(why: string, afterMs = 0, cause?: unknown) {
    super(why, { cause });
    this.afterMs = afterMs;
  }
}

/**
 * Brings a file here, whatever happens on the way: a broken transfer goes on where it ended, a changed file starts
 * over, and only what has the expected digest is kept.
 * @returns its sha256 in hex and its length; it lies at `partPath`, synced
 * @throws KulningError `outbound.…` or `download.…`
 */
export async function downloadFile(
  hosts: OutboundHosts,
  download: FileDownload,
  signal: AbortSignal,
  timing: DownloadTiming = defaultTiming,
): Promise<{ sha256: string; sizeBytes: number }> {
  const part = await PartFile.open(download.partPath, signal);
  const attempt = { validator: download.validator, expected: download.sha256 };
  if (attempt.validator === undefined) await part.restart();
  try {
    let most = part.size;
    for (let failures = 0; ;) {
      const broken = await bring(hosts, download, attempt, part, signal);
      if (broken === undefined) break;
      failures = part.size > most ? 0 : failures + 1;
      most = Math.max(most, part.size);
      if (failures >= timing.giveUpAfter) throw problem('interrupted', 502, [broken.message], broken);
      const backoff = Math.min(timing.longestBackoffMs, timing.firstBackoffMs * 2 ** failures);
      await delay(Math.max(backoff, broken.afterMs), undefined, { signal });
    }
    const sha256 = await part.finish();
    if (sha256 === attempt.expected) return { sha256, sizeBytes: part.size };
    await rm(download.partPath, { force: true });
    throw problem('digestWrong', 502, [attempt.expected ?? '', sha256]);
  } finally {
    await part.close();
  }
}

interface Attempt {
  validator: string | undefined;
  expected: string | undefined;
}

/** One attempt. @returns why it ended too early, or undefined when all is here */
async function bring(
  hosts: OutboundHosts,
  download: FileDownload,
  attempt: Attempt,
  part: PartFile,
  signal: AbortSignal,
): Promise<Interruption | undefined> {
  const { validator } = attempt;
  const headers = {
    'accept-encoding': 'identity',
    'user-agent': 'kulning',
    ...(download.authorization !== undefined && { authorization: `Bearer ${download.authorization}` }),
    ...(part.size > 0 && validator !== undefined && { range: `bytes=${part.size}-`, 'if-range': validator }),
  };
  try {
    const { message, hops } = await openOutbound(hosts, download.url, headers, signal);
    try {
      const head = headOf(message.statusCode ?? 0, message.headers, hops);
      await prepare(download, attempt, part, head, announcedDigest(hops));
      if (head.nothingMore) return undefined;
      for await (const piece of message as AsyncIterable<Buffer>) {
        if (part.size + piece.length > (head.totalBytes ?? download.maxBytes))
          throw problem('longer', 502, [head.totalBytes ?? download.maxBytes]);
        await part.append(piece);
      }
      if (head.totalBytes !== undefined && part.size < head.totalBytes)
        return new Interruption(`${part.size} of ${head.totalBytes} bytes came`);
      return undefined;
    } finally {
      message.destroy();
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof Interruption) return cause;
    if (cause instanceof KulningError) throw cause;
    if (codeOf(cause) === 'ENOSPC') throw problem('noSpace', 507, [0, 0], cause);
    return new Interruption(
      cause instanceof Error ? (codeOf(cause) ?? cause.message) : 'no answer',
      0,
      cause,
    );
  }
}

interface Head extends FileHead {
  /** Where the bytes that follow belong. */
  readonly start: number;
  /** The host has no byte after the last one here. */
  readonly nothingMore: boolean;
}

/** @throws Interruption for what may pass, KulningError for what will not */
function headOf(status: number, headers: IncomingHttpHeaders, hops: readonly IncomingHttpHeaders[]): Head {
  const announced = countOf(hops.map((hop) => hop['x-linked-size']).find((size) => size !== undefined));
  const validator = validatorOf(headers);
  if (status === 200) {
    const totalBytes = countOf(headers['content-length']) ?? announced;
    if (announced !== undefined && totalBytes !== announced) throw problem('longer', 502, [announced]);
    return { start: 0, totalBytes, validator, nothingMore: false };
  }
  if (status === 206) {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/u.exec(headers['content-range'] ?? '') ?? [];
    if (start === undefined) throw new Interruption('the host sent a part without saying which');
    return { start: Number(start), totalBytes: Number(total), validator, nothingMore: false };
  }
  const whole = /^bytes \*\/(\d+)$/u.exec(headers['content-range'] ?? '')?.[1];
  if (status === 416)
    return { start: Number(whole ?? 0), totalBytes: Number(whole ?? 0), validator, nothingMore: true };
  if (status === 401 || status === 403) throw problem('unauthorized', 403, [status]);
  if (status === 408 || status === 429 || status >= 500)
    throw new Interruption(`HTTP ${status}`, retryAfterMs(headers['retry-after']));
  throw problem('refused', 502, [status]);
}

/** Checks what can be checked before a byte is written, and starts over where the part belongs to another file. */
async function prepare(
  download: FileDownload,
  attempt: Attempt,
  part: PartFile,
  head: Head,
  announced: string | undefined,
): Promise<void> {
  const { start, totalBytes, validator } = head;
  attempt.expected ??= announced;
  if (attempt.expected === undefined) throw problem('digestUnknown', 400, []);
  if (announced !== undefined && attempt.expected !== announced)
    throw problem('digestWrong', 502, [attempt.expected, announced]);
  const another =
    validator !== undefined && attempt.validator !== undefined && validator !== attempt.validator;
  if (part.size > 0 && (start !== part.size || (start > 0 && another))) {
    await part.restart();
    if (start > 0 || head.nothingMore) {
      attempt.validator = undefined;
      throw new Interruption('the file changed on the host');
    }
  }
  if (totalBytes !== undefined && totalBytes > download.maxBytes)
    throw problem('tooLarge', 413, [totalBytes, download.maxBytes]);
  await requireSpace(dirname(download.partPath), (totalBytes ?? 0) - part.size);
  attempt.validator = validator ?? attempt.validator;
  await download.onHead({ totalBytes, validator: attempt.validator });
}

async function requireSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.max(0, bavail * bsize - RESERVED_BYTES);
  if (needed > free) throw problem('noSpace', 507, [needed, free]);
}

/** Hugging Face's hub names the sha256 of large files where it redirects; others may by RFC 9530. */
function announcedDigest(hops: readonly IncomingHttpHeaders[]): string | undefined {
  for (const hop of hops) {
    const linked = /^"?([0-9a-f]{64})"?$/u.exec(String(hop['x-linked-etag'] ?? ''))?.[1];
    if (linked !== undefined) return linked;
    const digest = /sha-256=:([A-Za-z0-9+/=]{44}):/u.exec(String(hop['repr-digest'] ?? ''))?.[1];
    if (digest !== undefined) return Buffer.from(digest, 'base64').toString('hex');
  }
  return undefined;
}

/** A weak ETag says nothing of the bytes. */
function validatorOf({ etag, 'last-modified': date }: IncomingHttpHeaders): string | undefined {
  return etag !== undefined && !etag.startsWith('W/') ? etag : date;
}

function countOf(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/u.test(header) ? Number(header) : undefined;
}

function retryAfterMs(header: string | undefined): number {
  return Math.min(60, countOf(header) ?? 0) * 1000;
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}

const codes = {
  interrupted: 'download.interrupted',
  digestWrong: 'download.digest_wrong',
  digestUnknown: 'download.digest_unknown',
  longer: 'download.length_wrong',
  noSpace: 'download.no_space',
  tooLarge: 'download.too_large',
  unauthorized: 'download.unauthorized',
  refused: 'download.refused',
} as const;

function problem<Name extends keyof typeof codes>(
  name: Name,
  status: number,
  about: Parameters<(typeof downloadWords)[Name]>,
  cause?: unknown,
): KulningError {
  const say = downloadWords[name] as (
    ...about: readonly unknown[]
  ) => ReturnType<(typeof downloadWords)[Name]>;
  const retryable = name === 'interrupted';
  return new KulningError({
    code: codes[name],
    status,
    text: say(...about),
    retryable,
    path: 'source',
    cause,
  });
}

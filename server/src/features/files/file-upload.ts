import type { IncomingMessage } from 'node:http';

import { type FilePurpose, KulningError, type Localized, type Notice } from '@kulning/sdk';

import { tablesOf } from '../../platform/postgres/database.ts';
import type { ResourceCall } from '../gateway/index.ts';
import { isRestricted } from '../privacy/index.ts';
import { expiryOf, expirySeconds } from './file-expiry.ts';
import type { FileDraft, FileKeeper, FilesContext, StoredFile } from './file-keeper.ts';
import { fileWords } from './file-words.ts';
import { boundaryOf, FormBroken, type FormPart, readForm } from './multipart-reader.ts';

export interface UploadOptions extends Pick<FilesContext, 'database' | 'clock'> {
  readonly maxBytes: number;
  /** Nothing came for so long: the sender is gone. */
  readonly silenceMs: number;
  readonly longestMs: number;
}

export const uploadTimes = { silenceMs: 30_000, longestMs: 3_600_000 } as const;

/** All fields of the form, whatever their order; its file is content that is kept as it comes. */
interface Form {
  readonly filename: string;
  readonly fields: ReadonlyMap<string, string>;
}

const MOST_FIELD_BYTES = 4_096;
const MOST_PARTS = 20;
const uploadPurposes = ['batch', 'user_data', 'fine-tune'] as const;

/**
 * Takes a file in as it is sent: from the connection through the cipher to the disk, never whole in memory. What the
 * form says of it may come after it, so it becomes a file only when the form has ended.
 * @throws KulningError for a form that is wrong, too large or too slow, or with a restricted person in it: nothing is kept
 */
export async function takeUpload(
  files: FileKeeper,
  call: ResourceCall,
  { maxBytes, database, clock, ...times }: UploadOptions,
): Promise<StoredFile> {
  const { request, organisation, key, subjects, dataClass } = call;
  const boundary = boundaryOf(request.headers['content-type']);
  if (boundary === undefined) throw wrong(fileWords.notMultipart);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes + MOST_PARTS * MOST_FIELD_BYTES)
    throw tooLarge(maxBytes);
  if (request.headers.expect !== undefined) call.response.writeContinue();
  const form = new FormReading(paced(request, times), boundary, maxBytes);
  const content = form.file();
  const publish = async (draft: FileDraft) => {
    const { filename, fields } = await form.rest();
    const purpose = purposeIn(fields);
    const expiresAt = expiryOf(purpose, clock.now(), secondsIn(fields), organisation.retentionDays);
    return await database.inOrganisation(organisation.id, async (trx) => {
      const indexes = draft.links.map(({ index }) => index);
      if (await isRestricted(tablesOf(trx), organisation.id, indexes)) throw restricted();
      return await draft.publish(trx, {
        purpose,
        filename,
        dataClass: dataClass ?? null,
        keyId: key.id,
        expiresAt,
      });
    });
  };
  try {
    return await files.draft(organisation.id, { content, subjects }, publish);
  } catch (error) {
    throw error instanceof FormBroken ? wrong(fileWords.formBroken) : error;
  }
}

/** One pass over a form: the fields before its file, the file as a stream, the fields after it. */
class FormReading {
  readonly #parts: AsyncGenerator<FormPart>;
  readonly #maxBytes: number;
  readonly #fields = new Map<string, string>();
  #filename: string | undefined;
  #read = 0;

  constructor(body: AsyncIterable<Uint8Array>, boundary: string, maxBytes: number) {
    this.#parts = readForm(body, boundary);
    this.#maxBytes = maxBytes;
  }

  async *file(): AsyncGenerator<Buffer> {
    const part = await this.#toFile();
    if (!part) throw wrong(fileWords.fileMissing, 'file');
    this.#filename = part.filename ?? 'file';
    let bytes = 0;
    for await (const chunk of part.content) {
      bytes += chunk.length;
      if (bytes > this.#maxBytes) throw tooLarge(this.#maxBytes);
      yield chunk;
    }
  }

  /** After the file. */
  async rest(): Promise<Form> {
    if (await this.#toFile()) throw wrong(fileWords.fileMissing, 'file');
    return { filename: this.#filename ?? '', fields: this.#fields };
  }

  /** @returns the next part called `file`; fields on the way are kept */
  async #toFile(): Promise<FormPart | undefined> {
    for (;;) {
      // By hand, because leaving a `for await` would end the form.
      const { done, value: part } = await this.#parts.next();
      if (done === true) return undefined;
      if (++this.#read > MOST_PARTS) throw new FormBroken();
      if (part.name === 'file') return part;
      this.#fields.set(part.name, await fieldOf(part));
    }
  }
}

async function fieldOf({ content }: FormPart): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    bytes += chunk.length;
    if (bytes > MOST_FIELD_BYTES) throw new FormBroken();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function purposeIn(fields: ReadonlyMap<string, string>): FilePurpose {
  const purpose = uploadPurposes.find((each) => each === fields.get('purpose'));
  if (purpose === undefined) throw wrong(fileWords.purposeWrong, 'purpose');
  return purpose;
}

function secondsIn(fields: ReadonlyMap<string, string>): number | undefined {
  const [anchor, seconds] = [fields.get('expires_after[anchor]'), fields.get('expires_after[seconds]')];
  if (anchor === undefined && seconds === undefined) return undefined;
  return expirySecondsOf({ anchor, seconds: Number(seconds) });
}

/** `expires_after` and `output_expires_after`. @throws KulningError 400 */
export function expirySecondsOf({
  anchor,
  seconds,
}: {
  readonly anchor: string | undefined;
  readonly seconds: number;
}): number {
  const { least, most } = expirySeconds;
  const right = anchor === 'created_at' && Number.isInteger(seconds) && seconds >= least && seconds <= most;
  if (!right) throw wrong(fileWords.expiryWrong, 'expires_after');
  return seconds;
}

/** The body, unless nothing comes for too long. The server's own clock is off for it. */
async function* paced(
  request: IncomingMessage,
  { silenceMs, longestMs }: Pick<UploadOptions, 'silenceMs' | 'longestMs'>,
): AsyncGenerator<Buffer> {
  const late = Promise.withResolvers<never>();
  const giveUp = () =>
    late.reject(new KulningError({ code: 'file.slow', status: 408, text: fileWords.slow }));
  const whole = setTimeout(giveUp, longestMs);
  const silence = setTimeout(giveUp, silenceMs);
  const chunks = request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    for (;;) {
      const { done, value } = await Promise.race([chunks.next(), late.promise]);
      if (done === true) return;
      silence.refresh();
      yield value;
    }
  } finally {
    clearTimeout(whole);
    clearTimeout(silence);
  }
}

function wrong(text: Localized<Notice>, path?: string): KulningError {
  return new KulningError({ code: 'file.wrong', status: 400, text, path });
}

function tooLarge(maxBytes: number): KulningError {
  return new KulningError({ code: 'file.too_large', status: 413, text: fileWords.tooLarge(maxBytes) });
}

function restricted(): KulningError {
  return new KulningError({ code: 'subject_restricted', status: 403, text: fileWords.subjectRestricted });
}

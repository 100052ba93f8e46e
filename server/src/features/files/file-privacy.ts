import type { PlannedRecord } from '@kulning/sdk';

import type { Database } from '../../platform/postgres/database.ts';
import {
  certificateWords,
  createRecordContent,
  deleteRecords,
  type ExportedRecord,
  type FoundRecord,
  type LinkedRow,
  maskOthers,
  openUnlessGone,
  pageOfRecords,
  type PrivacyStore,
  type PrivacyTables,
  type ReadBack,
  readVaultRecord,
  type RecordContent,
  recordStrings,
  recordText,
  redactRecord,
  replaceContent,
  storeDescriptions,
  type Subject,
  type VaultRow,
} from '../privacy/index.ts';
import { examineFile, LONGEST_LINE } from './file-examination.ts';
import { type FilesContext, nameRecordOf } from './file-keeper.ts';
import { linesOf } from './file-lines.ts';
import { readFileRow, setFileBytes } from './file-store.ts';
import type { FileTables } from './file-tables.ts';
import { fileWords } from './file-words.ts';

/** Each row may have thousands of links. */
const PAGE_ROWS = 20;
const MOST_EXPORTED_BYTES = 8 * 2 ** 20;

/** A line that a person was taken out of is not asked any more: whoever reads the file sees why. */
const ERASED_MARK = '{"erased":true,';

/** The privacy store of files: found, exported and redacted line by line, so that a file of any length can be. */
export class FilePrivacy implements PrivacyStore {
  readonly name = 'files';
  readonly method = fileWords.method;
  readonly #context: Pick<FilesContext, 'vault' | 'blobs'>;
  readonly #database: Database<FileTables & PrivacyTables>;
  readonly #content: RecordContent;

  constructor(context: Pick<FilesContext, 'database' | 'vault' | 'blobs'>) {
    this.#context = context;
    this.#database = context.database.withTables<FileTables & PrivacyTables>();
    this.#content = createRecordContent(context.vault, context.blobs);
  }

  describe(language: 'en' | 'fr' | 'sv'): string {
    return storeDescriptions.files[language];
  }

  async find(subject: Subject): Promise<FoundRecord[]> {
    const found: FoundRecord[] = [];
    for await (const row of this.#files(subject.organisationId)) {
      const record = await this.#examine(row, subject);
      if (record) found.push(record);
    }
    return found;
  }

  async export(subject: Subject, recordIds: ReadonlySet<string>): Promise<ExportedRecord[]> {
    const exported: ExportedRecord[] = [];
    for await (const row of this.#files(subject.organisationId, [...recordIds])) {
      const record = await this.#examine(row, subject);
      const shared = record === undefined || record.otherIndexes.length > 0;
      exported.push({
        recordId: row.id,
        store: 'files',
        createdAt: row.created_at.toISOString(),
        expiresAt: row.expires_at?.toISOString() ?? null,
        shared,
        content: await this.#exportOf(row, subject, shared),
      });
    }
    return exported;
  }

  async erase(subject: Subject, plan: readonly PlannedRecord[]): Promise<{ pending: string[] }> {
    const idsFor = (action: PlannedRecord['action']) =>
      plan.filter((record) => record.action === action).map(({ recordId }) => recordId);
    for (const id of idsFor('destroy')) await this.#destroy(subject.organisationId, id);
    const pending = idsFor('human');
    for (const id of idsFor('redact')) if (!(await this.#redact(subject, id))) pending.push(id);
    return { pending };
  }

  async verify(
    subject: Subject,
    plan: readonly PlannedRecord[],
    pending: ReadonlySet<string>,
  ): Promise<ReadBack> {
    const idsFor = (action: PlannedRecord['action']) =>
      plan.filter((record) => record.action === action).map(({ recordId }) => recordId);
    const { organisationId } = subject;
    const destroyed = idsFor('destroy');
    const left: string[] = [];
    for (const id of destroyed) if (await this.#row(organisationId, id)) left.push(id);
    const kept = new Set(idsFor('keep'));
    const found = (await this.find(subject)).filter(({ recordId }) => !kept.has(recordId));
    const unexpected = found.filter(({ recordId }) => !pending.has(recordId));
    const evidence = certificateWords.rowsRead(
      destroyed.length,
      left.length,
      found.length,
      unexpected.length,
    );
    if (left.length > 0 || unexpected.length > 0) return { readBack: 'found', evidence };
    return { readBack: pending.size > 0 ? 'pending' : 'gone', evidence };
  }

  async outlook() {
    return { residualCopies: [], notVerifiable: [] };
  }

  /** Rows of contents, each with its links; names are looked up with them. */
  async *#files(organisationId: string, ids?: readonly string[]): AsyncGenerator<LinkedRow> {
    await this.#context.vault.load(organisationId);
    for (let after = ''; ;) {
      const page = await this.#database.inOrganisation(organisationId, (trx) =>
        pageOfRecords(trx, { organisationId, store: 'files', after, limit: PAGE_ROWS, ...(ids && { ids }) }),
      );
      yield* page.filter(({ id }) => !id.includes('.'));
      if (page.length < PAGE_ROWS) return;
      after = page.at(-1)?.id ?? '';
    }
  }

  async #examine(row: LinkedRow, subject: Subject): Promise<FoundRecord | undefined> {
    const name = await this.#nameOf(row);
    const { vault } = this.#context;
    return await openUnlessGone(() => examineFile(vault, row, name, this.#content.read(row), subject));
  }

  async #exportOf(row: LinkedRow, subject: Subject, shared: boolean): Promise<unknown> {
    const { vault } = this.#context;
    const name = await this.#nameOf(row);
    const mask = (text: string) => (shared ? maskOthers(text, subject, vault) : text);
    const lines: { line: number; content: string }[] = [];
    const whole: Buffer[] = [];
    let bytes = 0;
    let isText = true;
    for await (const line of linesOf(this.#content.read(row), LONGEST_LINE)) {
      const text = recordText(line.bytes);
      isText &&= text !== undefined;
      if (text !== undefined && holds(line.bytes, subject))
        lines.push({ line: line.number, content: mask(text) });
      bytes += line.bytes.length;
      if (bytes <= MOST_EXPORTED_BYTES) whole.push(line.bytes, Buffer.from(line.ending));
    }
    const filename =
      name && mask((JSON.parse(Buffer.from(name).toString()) as { filename: string }).filename);
    if (isText || shared || bytes > MOST_EXPORTED_BYTES) return { filename, lines };
    return { filename, base64: Buffer.concat(whole).toString('base64') };
  }

  /** The blob first: a crash in between leaves a row that the repeat deletes, never a blob that nobody knows. */
  async #destroy(organisationId: string, id: string): Promise<void> {
    await this.#database.inOrganisation(organisationId, async (trx) => {
      const row = await readVaultRecord(trx, organisationId, id);
      if (row?.blob_digest) await this.#context.blobs.delete(row.blob_digest);
      await deleteRecords(trx, organisationId, [id, nameRecordOf(id)]);
    });
  }

  /** @returns whether it is done: a repeat finds nothing left to take out, and that is done too. */
  async #redact(subject: Subject, id: string): Promise<boolean> {
    const { organisationId } = subject;
    const row = await this.#row(organisationId, id);
    if (!row) return true;
    const file = await this.#database.inOrganisation(organisationId, (trx) =>
      readFileRow(trx, organisationId, id),
    );
    const lines = new RedactedLines(
      this.#content.read(row),
      subject,
      file?.purpose.startsWith('batch') === true,
    );
    const name = await this.#redactedName(row, subject);
    const sealed = await this.#content.sealStream(organisationId, id, lines.through());
    if (lines.unsure || name === 'unsure') {
      await this.#context.blobs.delete(sealed.blobDigest);
      return false;
    }
    await this.#database.inOrganisation(organisationId, async (trx) => {
      const unlink = [...subject.indexes];
      await replaceContent(trx, { organisationId, id, sealed, unlink });
      if (name) await replaceContent(trx, { organisationId, id: nameRecordOf(id), sealed: name, unlink });
      await setFileBytes(trx, organisationId, id, lines.bytes);
    });
    if (row.blob_digest !== null) await this.#context.blobs.delete(row.blob_digest);
    return true;
  }

  async #redactedName({ organisation_id: organisationId, id }: VaultRow, { matcher }: Subject) {
    const row = await this.#row(organisationId, nameRecordOf(id));
    if (!row) return undefined;
    const plain = await this.#content.open(row);
    if (matcher.spans(Buffer.from(plain).toString()).length === 0) return undefined;
    const redacted = redactRecord(plain, matcher);
    if (redacted.outcome === 'unsure') return 'unsure';
    return await this.#content.seal(organisationId, nameRecordOf(id), redacted.plaintext);
  }

  async #nameOf({ organisation_id: organisationId, id }: VaultRow): Promise<Uint8Array | undefined> {
    const row = await this.#row(organisationId, nameRecordOf(id));
    return row && (await openUnlessGone(() => this.#content.open(row)));
  }

  #row(organisationId: string, id: string): Promise<VaultRow | undefined> {
    return this.#database.inOrganisation(organisationId, (trx) => readVaultRecord(trx, organisationId, id));
  }
}

function holds(line: Buffer, { matcher }: Subject): boolean {
  return recordStrings(line)?.some((text) => matcher.spans(text).length > 0) === true;
}

/** A file's lines with one person taken out; the others byte for byte as they were. */
class RedactedLines {
  bytes = 0;
  /** Some line holds the person in a way that cannot be taken out surely. */
  unsure = false;
  readonly #content: AsyncIterable<Uint8Array>;
  readonly #subject: Subject;
  readonly #marks: boolean;

  constructor(content: AsyncIterable<Uint8Array>, subject: Subject, marks: boolean) {
    this.#content = content;
    this.#subject = subject;
    this.#marks = marks;
  }

  async *through(): AsyncGenerator<Buffer> {
    for await (const { bytes, ending } of linesOf(this.#content, LONGEST_LINE)) {
      this.unsure ||= bytes.length > LONGEST_LINE;
      if (this.unsure) return;
      const line = Buffer.concat([this.#without(bytes), Buffer.from(ending)]);
      this.bytes += line.length;
      yield line;
    }
  }

  #without(line: Buffer): Buffer {
    const redacted = redactRecord(line, this.#subject.matcher);
    if (redacted.outcome === 'redacted') return this.#marked(redacted.plaintext);
    // A line without the person may hold words of their name: it is somebody else's.
    this.unsure ||= redacted.reason !== 'no-span-to-redact' && holds(line, this.#subject);
    return line;
  }

  #marked(line: Uint8Array): Buffer {
    const text = Buffer.from(line).toString();
    if (!this.#marks || !text.startsWith('{"')) return Buffer.from(text);
    return Buffer.from(text.startsWith(ERASED_MARK) ? text : ERASED_MARK + text.slice(1));
  }
}

import type { Localized, Notice, PromptDetail, PromptSummary, PromptText, PromptVersion } from '@kulning/sdk';
import { KulningError, promptText } from '@kulning/sdk';

import { canonicalJson, type JsonObject } from '../../core/ledger/canonical-json.ts';
import { insertVaultRecords } from '../privacy/index.ts';
import { versionOf } from './prompt-facts.ts';
import {
  bumpPrompts,
  deleteLabel,
  deletePrompt,
  insertPrompt,
  insertVersion,
  lockPrompt,
  promptRows,
  type PromptRow,
  type PromptTransaction,
  putLabel,
  sealedText,
  type VersionRow,
} from './prompt-store.ts';
import type { PromptContext } from './prompt-tables.ts';
import {
  type DiffLine,
  diffOf,
  faultOfText,
  filled,
  linesOf,
  type PromptFault,
  type VariableValue,
} from './prompt-template.ts';
import { faultWords, promptWords } from './prompt-words.ts';

/** A text that names nobody must have an end like any other; ten years, as receipts that name its version. */
const KEPT_MS = 3_650 * 86_400_000;

export async function listPrompts(
  { database }: PromptContext,
  organisationId: string,
): Promise<PromptSummary[]> {
  const rows = await database.inOrganisation(organisationId, (trx) => promptRows(trx, organisationId));
  return rows.map(summaryOf);
}

export const viewPrompt = (
  context: PromptContext,
  organisationId: string,
  prompt: string,
): Promise<PromptDetail> =>
  context.database.inOrganisation(organisationId, async (trx) =>
    detailOf(await rowOf(trx, organisationId, prompt)),
  );

/** @throws KulningError `prompt.name_taken`, `prompt.text_wrong` */
export async function createPrompt(
  context: PromptContext,
  organisationId: string,
  { name, text }: { name: string; text: PromptText },
): Promise<PromptDetail> {
  assertFillable(text);
  const { database, vault, clock, ids } = context;
  await vault.load(organisationId);
  return database.inOrganisation(organisationId, async (trx) => {
    if ((await promptRows(trx, organisationId)).some((row) => row.name === name))
      throw new KulningError({
        code: 'prompt.name_taken',
        status: 409,
        path: 'body.name',
        text: promptWords.nameTaken(name),
      });
    const id = ids.next('prompt');
    await insertPrompt(trx, { organisationId, id, name, createdAt: new Date(clock.now()) });
    await keepVersion(context, trx, { organisationId, promptId: id, version: 1, text });
    await putLabel(trx, { organisationId, promptId: id, label: 'production', version: 1 });
    return changed(context, trx, organisationId, id, 'prompt.created');
  });
}

/** @throws KulningError `prompt.unknown`, `prompt.text_wrong` */
export async function addVersion(
  context: PromptContext,
  organisationId: string,
  prompt: string,
  text: PromptText,
): Promise<PromptDetail> {
  assertFillable(text);
  await context.vault.load(organisationId);
  return context.database.inOrganisation(organisationId, async (trx) => {
    const { id: promptId } = await rowOf(trx, organisationId, prompt);
    await lockPrompt(trx, promptId);
    const { versions } = await rowOf(trx, organisationId, promptId);
    const version = (versions[0]?.version ?? 0) + 1;
    await keepVersion(context, trx, { organisationId, promptId, version, text });
    return changed(context, trx, organisationId, promptId, 'prompt.version_added');
  });
}

/** @throws KulningError `prompt.unknown`, `prompt.version_unknown`, `prompt.label_reserved` */
export async function setLabel(
  context: PromptContext,
  organisationId: string,
  { prompt, label, version }: { prompt: string; label: string; version: number | undefined },
): Promise<PromptDetail> {
  if (label === 'latest')
    throw new KulningError({
      code: 'prompt.label_reserved',
      status: 400,
      path: 'params.label',
      text: promptWords.labelReserved,
    });
  return context.database.inOrganisation(organisationId, async (trx) => {
    const row = await rowOf(trx, organisationId, prompt);
    if (version === undefined) await deleteLabel(trx, organisationId, row.id, label);
    else {
      versionIn(row, String(version));
      await putLabel(trx, { organisationId, promptId: row.id, label, version });
    }
    return changed(context, trx, organisationId, row.id, 'prompt.label_moved');
  });
}

export async function removePrompt(context: PromptContext, organisationId: string, prompt: string) {
  return context.database.inOrganisation(organisationId, async (trx) => {
    const row = await rowOf(trx, organisationId, prompt);
    await deletePrompt(trx, row);
    await bumpPrompts(trx);
    await recordChange(context, trx, organisationId, 'prompt.removed', { prompt: row.id });
    return { removed: row.id };
  });
}

/** @throws KulningError `prompt.unknown`, `prompt.version_unknown` */
export async function readVersion(
  context: PromptContext,
  organisationId: string,
  prompt: string,
  wanted: string | undefined,
): Promise<PromptVersion> {
  const { database, vault } = context;
  await vault.load(organisationId);
  return database.inOrganisation(organisationId, async (trx) => {
    const row = await rowOf(trx, organisationId, prompt);
    const version = versionIn(row, wanted);
    const sealed = await sealedText(trx, organisationId, version.recordId);
    if (!sealed) throw unknownVersion(row.name, wanted ?? '');
    const plain = Buffer.from(vault.open(organisationId, version.recordId, sealed)).toString();
    return { ...versionView(row, version), promptId: row.id, text: promptText.parse(JSON.parse(plain)) };
  });
}

/** @throws KulningError `prompt.values_wrong` */
export async function renderPrompt(
  context: PromptContext,
  organisationId: string,
  asked: { prompt: string; version: string | undefined; variables: Readonly<Record<string, VariableValue>> },
) {
  const { version, text } = await readVersion(context, organisationId, asked.prompt, asked.version);
  const result = filled(text, asked.variables);
  if ('fault' in result)
    throw new KulningError({
      code: 'prompt.values_wrong',
      status: 400,
      path: `body.variables.${result.variable}`,
      text: asNotice(faultWords(result)),
    });
  return { version, messages: result.messages };
}

export async function diffVersions(
  context: PromptContext,
  organisationId: string,
  prompt: string,
  { from, to }: { from: string; to: string },
): Promise<{ from: number; to: number; lines: DiffLine[] }> {
  const before = await readVersion(context, organisationId, prompt, from);
  const after = await readVersion(context, organisationId, prompt, to);
  return {
    from: before.version,
    to: after.version,
    lines: diffOf(linesOf(before.text), linesOf(after.text)),
  };
}

async function keepVersion(
  { vault, clock, ids }: PromptContext,
  trx: PromptTransaction,
  {
    organisationId,
    promptId,
    version,
    text,
  }: { organisationId: string; promptId: string; version: number; text: PromptText },
): Promise<void> {
  const recordId = ids.next('record');
  const plain = canonicalJson(JSON.parse(JSON.stringify(text)) as JsonObject);
  const createdAt = new Date(clock.now());
  await insertVaultRecords(trx, [
    {
      organisationId,
      id: recordId,
      store: 'prompts',
      sealed: vault.seal(organisationId, recordId, Buffer.from(plain)),
      links: vault.links(organisationId, [], plain),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + KEPT_MS),
    },
  ]);
  const digest = `hmac:${vault.blindIndex(organisationId, { kind: 'id', value: `prompt ${plain}` })}`;
  await insertVersion(trx, { organisationId, promptId, version, recordId, digest, createdAt });
}

async function changed(
  context: PromptContext,
  trx: PromptTransaction,
  organisationId: string,
  id: string,
  kind: string,
) {
  await bumpPrompts(trx);
  const row = await rowOf(trx, organisationId, id);
  const [latest] = row.versions;
  await recordChange(context, trx, organisationId, kind, {
    prompt: id,
    labels: Object.fromEntries(row.labels),
    ...(latest && { latest: latest.version, digest: latest.digest }),
  });
  return detailOf(row);
}

const recordChange = (
  { record, clock }: PromptContext,
  trx: PromptTransaction,
  organisation: string,
  kind: string,
  body: JsonObject,
) => record(trx, { kind, at: new Date(clock.now()).toISOString(), organisation, body });

async function rowOf(trx: PromptTransaction, organisationId: string, prompt: string): Promise<PromptRow> {
  const row = (await promptRows(trx, organisationId)).find(
    ({ id, name }) => id === prompt || name === prompt,
  );
  if (!row)
    throw new KulningError({
      code: 'prompt.unknown',
      status: 404,
      path: 'params.promptId',
      text: promptWords.promptUnknown(prompt),
    });
  return row;
}

function versionIn(row: PromptRow, wanted: string | undefined): VersionRow {
  const version = versionOf(row, wanted);
  if (!version) throw unknownVersion(row.name, wanted ?? 'latest');
  return version;
}

const unknownVersion = (prompt: string, version: string) =>
  new KulningError({
    code: 'prompt.version_unknown',
    status: 404,
    text: promptWords.versionUnknown(prompt, version),
  });

function assertFillable(text: PromptText): void {
  const fault: PromptFault | undefined = faultOfText(text);
  if (fault)
    throw new KulningError({
      code: 'prompt.text_wrong',
      status: 400,
      path: 'body.text',
      text: asNotice(faultWords(fault)),
    });
}

const asNotice = ({ en, fr, sv }: Localized<string>): Localized<Notice> => ({
  en: { message: en },
  fr: { message: fr },
  sv: { message: sv },
});

const summaryOf = ({ id, name, createdAt, versions, labels }: PromptRow): PromptSummary => ({
  id,
  name,
  createdAt: createdAt.toISOString(),
  latest: versions[0]?.version ?? null,
  labels: Object.fromEntries(labels),
});

const versionView = ({ labels }: PromptRow, { version, digest, createdAt }: VersionRow) => ({
  version,
  labels: [...labels].flatMap(([label, on]) => (on === version ? [label] : [])),
  digest,
  createdAt: createdAt.toISOString(),
});

const detailOf = (row: PromptRow): PromptDetail => ({
  ...summaryOf(row),
  versions: row.versions.map((version) => versionView(row, version)),
});

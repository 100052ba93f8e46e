import { type ErasureStep, inEachLanguage, type Localized } from '@kulning/sdk';

import { canonicalJson, type JsonObject } from '../../core/ledger/canonical-json.ts';
import { commitment, type LedgerEvent } from '../../core/ledger/leaf.ts';
import type { ErasureRow, ErasureStepRow } from './erasure-store.ts';
import { certificateWords } from './erasure-words.ts';
import type { Language, Outlook, PrivacyStore } from './privacy-store.ts';
import type { KeyEvidence } from './privacy-tables.ts';
import { keptWords } from '../../platform/kept-words.ts';

const certificateFormat = 'kulning.erasure-certificate/v1';

/** What one store did, from what its step wrote down. */
export function stepSummary(
  step: ErasureStepRow,
  stores: readonly PrivacyStore[],
  language: Language,
): ErasureStep {
  const store = stores.find(({ name }) => name === step.store);
  const done = (action: string) =>
    step.plan.filter((record) => record.action === action && !step.pending.includes(record.recordId)).length;
  return {
    store: step.store,
    description: store?.describe(language) ?? step.store,
    method: (store?.method ?? certificateWords.notRegistered)[language],
    found: step.plan.length,
    destroyed: step.erased_at === null ? 0 : done('destroy'),
    redacted: step.erased_at === null ? 0 : done('redact'),
    kept: done('keep'),
    pending: step.pending,
    readBack: step.read_back ?? 'pending',
    evidence: (step.evidence === null ? certificateWords.notReadYet : keptWords(step.evidence))[language],
  };
}

/**
 * The statement itself: canonical JSON, each sentence in the three languages, with no content and no identifier of a
 * person. Its ledger entry carries a salted commitment to exactly these bytes.
 */
export function certificateText(certificate: {
  readonly erasure: ErasureRow;
  readonly steps: Localized<readonly ErasureStep[]>;
  readonly keyEvidence: KeyEvidence;
  readonly outlook: Outlook;
  readonly completedAt: Date;
}): string {
  const { erasure, steps, keyEvidence, outlook } = certificate;
  return canonicalJson({
    format: certificateFormat,
    id: erasure.id,
    organisation: erasure.organisation_id,
    subject: {
      commitment: erasure.subject_commitment,
      note: certificateWords.commitmentNote,
    },
    requestedAt: erasure.requested_at.toISOString(),
    completedAt: certificate.completedAt.toISOString(),
    key: {
      epochDestroyed: erasure.epoch ?? 0,
      method: keyEvidence.method,
      readBack: keyEvidence.readBack,
      processesThatForgotIt: keyEvidence.confirmedBy,
    },
    stores: steps.en.map((step, index) => ({
      ...step,
      description: inEachLanguage((language) => steps[language][index]?.description ?? ''),
      method: inEachLanguage((language) => steps[language][index]?.method ?? ''),
      evidence: inEachLanguage((language) => steps[language][index]?.evidence ?? ''),
    })),
    pendingRecords: steps.en.flatMap(({ pending }) => pending),
    residualCopies: outlook.residualCopies.map((copy) => ({ ...copy })),
    notVerifiable: outlook.notVerifiable.map((item) => ({ ...item })),
    meaning: certificateWords.meaning,
  });
}

/** The ledger entry: counts and commitments, so that the certificate can be checked against the log. */
export function erasedEvent(
  erasure: ErasureRow,
  steps: readonly ErasureStep[],
  result: { certificate: string; salt: Uint8Array; completedAt: Date },
): LedgerEvent {
  const stores: JsonObject[] = steps.map(({ store, destroyed, redacted, kept, pending, readBack }) => ({
    store,
    destroyed,
    redacted,
    kept,
    pending: pending.length,
    readBack,
  }));
  return {
    kind: 'subject.erased',
    at: result.completedAt.toISOString(),
    organisation: erasure.organisation_id,
    id: erasure.id,
    body: {
      subject: erasure.subject_commitment,
      certificate: commitment(result.salt, Buffer.from(result.certificate)),
      epochDestroyed: erasure.epoch ?? 0,
      stores,
    },
  };
}

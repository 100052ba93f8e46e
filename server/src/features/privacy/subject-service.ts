import { randomBytes } from 'node:crypto';

import type { ErasurePreview, RecordDecision, RestrictionGround, SubjectFindings } from '@kulning/sdk';
import { KulningError } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import type { IdSource } from '../../core/id.ts';
import { canonicalJson } from '../../core/ledger/canonical-json.ts';
import { commitment } from '../../core/ledger/leaf.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { normaliseIdentifier } from '../../platform/vault/identifier.ts';
import type { Vault } from '../../platform/vault/vault.ts';
import type { RecordEvent } from './erasure-machine.ts';
import { namesakeCandidates, planDigest, planErasure, undecidedCandidates } from './erasure-plan.ts';
import { insertErasure } from './erasure-store.ts';
import { erasureWords } from './erasure-words.ts';
import { readOutlook } from './outlook.ts';
import { limitsOf } from './privacy-words.ts';
import type { FoundRecord, Language, PrivacyStore, Subject } from './privacy-store.ts';
import type { PrivacyTables, PrivacyTransaction } from './privacy-tables.ts';
import { canonicalIdentifiers, createSubject, maskIdentifier } from './subject.ts';
import { bumpRestrictions, isRestricted, restrictSubject, unrestrictSubject } from './subject-state-store.ts';
import { countRecords, insertVaultRecords } from './vault-record-store.ts';

export interface SubjectServiceOptions {
  readonly database: Database;
  readonly vault: Vault;
  readonly stores: readonly PrivacyStore[];
  readonly recordEvent: RecordEvent;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** Who asks, and about whom. */
interface SubjectRequest {
  readonly organisationId: string;
  readonly identifiers: readonly string[];
  readonly language: Language;
}

interface DecidedRequest extends SubjectRequest {
  readonly decisions: readonly RecordDecision[];
}

interface EraseRequest extends DecidedRequest {
  /** Digest of the preview that a human read. */
  readonly preview: string;
  readonly requestedBy: string | null;
}

export interface SubjectService {
  find(request: SubjectRequest): Promise<SubjectFindings>;
  /** One JSON file with everything found, others masked. Records of namesakes only if decided to be the person's. */
  export(request: DecidedRequest): Promise<string>;
  restrict(request: SubjectRequest & { ground: RestrictionGround }): Promise<void>;
  unrestrict(request: SubjectRequest): Promise<void>;
  preview(request: DecidedRequest): Promise<ErasurePreview>;
  /** Accepts an erasure; the machine does it. @throws `erasure.plan_changed`, `erasure.undecided`, `erasure.nothing_found` */
  erase(request: EraseRequest): Promise<{ erasureId: string; subjectSalt: string }>;
}

export function createSubjectService(options: SubjectServiceOptions): SubjectService {
  return new Subjects(options);
}

class Subjects implements SubjectService {
  readonly #options: SubjectServiceOptions;
  readonly #database: Database<PrivacyTables>;

  constructor(options: SubjectServiceOptions) {
    this.#options = options;
    this.#database = options.database.withTables<PrivacyTables>();
  }

  async find(request: SubjectRequest): Promise<SubjectFindings> {
    const { subject, found } = await this.#search(request);
    const restricted = await this.#in(request, (trx) =>
      isRestricted(trx, request.organisationId, [...subject.indexes]),
    );
    await this.#note('subject.searched', request, { records: found.length });
    return {
      identifiers: subject.identifiers.map((identifier, at) => {
        const normal = normaliseIdentifier(identifier);
        const records = found.filter(({ matchedIndexes }) =>
          matchedIndexes.includes(subject.parts[at]?.index ?? ''),
        );
        return { kind: normal.kind, masked: maskIdentifier(normal), records: records.length };
      }),
      stores: this.#options.stores.map((store) => ({
        store: store.name,
        description: store.describe(request.language),
        records: found.filter((record) => record.store === store.name).length,
      })),
      matched: found.filter(({ match }) => match === 'strong').length,
      candidates: namesakeCandidates(found),
      restricted,
      limits: limitsOf(request.language),
    };
  }

  async export(request: DecidedRequest): Promise<string> {
    const { subject, found } = await this.#search(request);
    const kept = new Set(
      request.decisions.filter(({ action }) => action === 'keep').map(({ recordId }) => recordId),
    );
    const decided = new Set(request.decisions.map(({ recordId }) => recordId));
    const wanted = found.filter(
      ({ recordId, match }) => !kept.has(recordId) && (match === 'strong' || decided.has(recordId)),
    );
    const stores = [];
    for (const store of this.#options.stores) {
      const ids = new Set(
        wanted.filter((record) => record.store === store.name).map(({ recordId }) => recordId),
      );
      if (ids.size === 0) continue;
      stores.push({
        store: store.name,
        description: store.describe(request.language),
        records: await store.export(subject, ids),
      });
    }
    await this.#note('subject.exported', request, { records: wanted.length });
    return JSON.stringify(
      {
        format: 'kulning.subject-export/v1',
        exportedAt: new Date(this.#options.clock.now()).toISOString(),
        organisation: request.organisationId,
        stores,
        leftOut: { namesakes: found.length - wanted.length },
        limits: limitsOf(request.language),
      },
      null,
      2,
    );
  }

  async restrict(request: SubjectRequest & { ground: RestrictionGround }): Promise<void> {
    const { organisationId, ground } = request;
    const { indexes } = await this.#subject(request);
    await this.#in(request, async (trx) => {
      await restrictSubject(trx, {
        organisationId,
        indexes: [...indexes],
        ground,
        since: new Date(this.#options.clock.now()),
      });
      await bumpRestrictions(trx);
      await this.#record(trx, 'subject.restricted', request, { ground });
    });
  }

  async unrestrict(request: SubjectRequest): Promise<void> {
    const { indexes } = await this.#subject(request);
    await this.#in(request, async (trx) => {
      await unrestrictSubject(trx, request.organisationId, [...indexes]);
      await bumpRestrictions(trx);
      await this.#record(trx, 'subject.unrestricted', request, {});
    });
  }

  async preview(request: DecidedRequest): Promise<ErasurePreview> {
    const { found } = await this.#search(request);
    const plan = planErasure(found, request.decisions);
    const others = new Map(found.map(({ recordId, otherIdentifiers }) => [recordId, [...otherIdentifiers]]));
    const count = (store: string, action: string) =>
      plan.filter((record) => record.store === store && record.action === action).length;
    const all = await this.#in(request, (trx) => countRecords(trx, request.organisationId));
    return {
      digest: planDigest(plan),
      stores: this.#options.stores.map((store) => ({
        store: store.name,
        description: store.describe(request.language),
        destroy: count(store.name, 'destroy'),
        redact: count(store.name, 'redact'),
        keep: count(store.name, 'keep'),
        human: count(store.name, 'human'),
      })),
      records: plan.map((record) => ({
        ...record,
        otherIdentifiers: others.get(record.recordId) ?? [],
      })),
      undecided: undecidedCandidates(found, request.decisions),
      survivors: all - plan.filter(({ action }) => action === 'destroy').length,
      ...(await readOutlookIn(this.#options.stores, request)),
    };
  }

  async erase(request: EraseRequest): Promise<{ erasureId: string; subjectSalt: string }> {
    const { organisationId, identifiers, decisions } = request;
    const { subject, found } = await this.#search(request);
    refuseUnlessPreviewed(found, request);
    const { vault, ids, clock } = this.#options;
    const erasureId = ids.next('erasure');
    const at = new Date(clock.now());
    const salt = randomBytes(32);
    const subjectCommitment = commitment(salt, Buffer.from(canonicalJson(canonicalIdentifiers(identifiers))));
    const sealed = vault.seal(
      organisationId,
      erasureId,
      Buffer.from(JSON.stringify({ identifiers, decisions })),
    );
    await this.#in(request, async (trx) => {
      await insertErasure(
        trx,
        { organisationId, erasureId },
        {
          requestedBy: request.requestedBy,
          requestedAt: at,
          subjectCommitment,
          subjectIndexes: [...subject.indexes],
        },
      );
      await insertVaultRecords(trx, [
        {
          organisationId,
          id: erasureId,
          store: 'erasures',
          sealed,
          links: [],
          createdAt: at,
          expiresAt: new Date(at.getTime() + 365 * 86_400_000),
        },
      ]);
      await bumpRestrictions(trx);
      await this.#record(trx, 'subject.erasure_requested', request, {
        erasure: erasureId,
        subject: subjectCommitment,
      });
    });
    return { erasureId, subjectSalt: salt.toString('base64') };
  }

  async #search(request: SubjectRequest): Promise<{ subject: Subject; found: FoundRecord[] }> {
    const subject = await this.#subject(request);
    const found: FoundRecord[] = [];
    for (const store of this.#options.stores) found.push(...(await store.find(subject)));
    return { subject, found };
  }

  async #subject({ organisationId, identifiers }: SubjectRequest): Promise<Subject> {
    await this.#options.vault.load(organisationId);
    return createSubject(this.#options.vault, organisationId, identifiers);
  }

  #in<T>({ organisationId }: SubjectRequest, work: (trx: PrivacyTransaction) => Promise<T>): Promise<T> {
    return this.#database.inOrganisation(organisationId, work);
  }

  #note(kind: string, request: SubjectRequest, body: Record<string, number>): Promise<void> {
    return this.#in(request, (trx) => this.#record(trx, kind, request, body));
  }

  /** Looking somebody up is an act too: that it happened is in the ledger, whom it was about is not. */
  async #record(
    trx: PrivacyTransaction,
    kind: string,
    { organisationId }: SubjectRequest,
    body: Record<string, string | number>,
  ): Promise<void> {
    await this.#options.recordEvent(trx, {
      kind,
      at: new Date(this.#options.clock.now()).toISOString(),
      organisation: organisationId,
      body,
    });
  }
}

function refuseUnlessPreviewed(found: readonly FoundRecord[], { decisions, preview }: EraseRequest): void {
  if (found.length === 0) {
    throw new KulningError({
      code: 'erasure.nothing_found',
      status: 404,
      text: erasureWords.nothingFound,
    });
  }
  if (undecidedCandidates(found, decisions).length > 0) {
    throw new KulningError({
      code: 'erasure.undecided',
      status: 409,
      text: erasureWords.undecided,
      path: 'decisions',
    });
  }
  if (planDigest(planErasure(found, decisions)) !== preview) {
    throw new KulningError({
      code: 'erasure.plan_changed',
      status: 409,
      text: erasureWords.planChanged,
      path: 'preview',
    });
  }
}

async function readOutlookIn(stores: readonly PrivacyStore[], { organisationId, language }: SubjectRequest) {
  const outlook = await readOutlook(stores, organisationId);
  return {
    consequences: outlook.consequences.map((words) => words[language]),
    residualCopies: outlook.residualCopies.map(({ where, description, ...copy }) => ({
      ...copy,
      where: where[language],
      description: description[language],
    })),
    notVerifiable: outlook.notVerifiable.map(({ what, why }) => ({
      what: what[language],
      why: why[language],
    })),
  };
}

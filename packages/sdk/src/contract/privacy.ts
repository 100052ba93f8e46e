import { z } from 'zod';

import { op } from './operation.ts';

/**
 * A person, as the one who asks knows them: e-mail, phone, national number, IBAN, customer id, name. Identifiers
 * travel in bodies only; a URL would end up in a log.
 */
const identifiers = z.array(z.string().trim().min(2).max(320)).min(1).max(20);

/** What a human decided about one record: `keep` says that it is about somebody else, or must stay. */
export const recordDecision = z.object({
  recordId: z.string().max(64),
  action: z.enum(['destroy', 'redact', 'keep']),
});

const erasureRequest = z.object({
  identifiers,
  decisions: z.array(recordDecision).max(10_000).default([]),
});

/** `matched` shows which identifier kind led here; a name alone makes a record a candidate, not a match. */
const identifierMatch = z.object({
  kind: z.enum(['email', 'phone', 'personnummer', 'nir', 'steuer-id', 'iban', 'name', 'id']),
  /** Enough to recognise it, too little to copy it: `a•••@e•••.se`. */
  masked: z.string(),
  records: z.int(),
});

/** Records that bear the person's name and nothing else that is known of them: perhaps a namesake. */
export const namesakeCandidate = z.object({
  key: z.string(),
  recordIds: z.array(z.string()),
  stores: z.array(z.string()),
  firstAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
  /** Identifiers in the same records that were not searched for, masked. */
  otherIdentifiers: z.array(z.string()),
  /** Words around the name, other people's identifiers masked; at most three. */
  contexts: z.array(z.string()),
});

const storeCount = z.object({ store: z.string(), description: z.string(), records: z.int() });

export const subjectFindings = z.object({
  identifiers: z.array(identifierMatch),
  stores: z.array(storeCount),
  matched: z.int(),
  candidates: z.array(namesakeCandidate),
  restricted: z.boolean(),
  /** Always says that detection is not complete, and what was not searched. */
  limits: z.array(z.string()),
});

/** `human`: Kulning cannot do it surely; it stays pending until somebody decides. */
export const plannedRecord = z.object({
  recordId: z.string(),
  store: z.string(),
  createdAt: z.iso.datetime(),
  action: z.enum(['destroy', 'redact', 'keep', 'human']),
  reason: z.enum([
    'only-this-person',
    'shared-with-others',
    'decided-by-human',
    'undecided-namesake',
    'no-span-to-redact',
    'trace-would-remain',
    'not-text',
  ]),
});

export const residualCopy = z.object({
  where: z.string(),
  description: z.string(),
  /** Why nobody can read it: its key is gone. */
  readable: z.boolean(),
  expiresAt: z.iso.datetime().nullable(),
});

export const unverifiable = z.object({ what: z.string(), why: z.string() });

export const erasurePreview = z.object({
  /** Of the plan as shown. Passed to `erase`, which refuses when the plan has changed since. */
  digest: z.string(),
  stores: z.array(
    z.object({
      store: z.string(),
      description: z.string(),
      destroy: z.int(),
      redact: z.int(),
      keep: z.int(),
      human: z.int(),
    }),
  ),
  records: z.array(
    plannedRecord.extend({
      /** What makes it shared, masked. If one of them is this person's too, search for it as well. */
      otherIdentifiers: z.array(z.string()),
    }),
  ),
  /** Must be decided before `erase` is accepted. */
  undecided: z.array(namesakeCandidate),
  /** Records of others whose keys move to the new epoch. */
  survivors: z.int(),
  /** What else it brings about, a sentence each, in the reader's language: older backups lose the organisation's other content. */
  consequences: z.array(z.string()),
  residualCopies: z.array(residualCopy),
  notVerifiable: z.array(unverifiable),
});

export const erasureState = z.enum([
  'requested',
  'rotated',
  'released',
  'stores-erased',
  'survivors-moved',
  'scanned',
  'key-destroyed',
  'verified',
  'completed',
]);

const readBack = z.enum(['gone', 'unreadable', 'pending', 'residual', 'not-verifiable', 'found']);

export const erasureStep = z.object({
  store: z.string(),
  description: z.string(),
  method: z.string(),
  found: z.int(),
  destroyed: z.int(),
  redacted: z.int(),
  kept: z.int(),
  pending: z.array(z.string()),
  readBack,
  /** One sentence: what was read and what it showed. */
  evidence: z.string(),
});

export const erasure = z.object({
  id: z.string(),
  state: erasureState,
  /** Set while it waits: which process still holds the old key, or that the database is away. */
  waitingFor: z.string().nullable(),
  requestedAt: z.iso.datetime(),
  completedAt: z.iso.datetime().nullable(),
  steps: z.array(erasureStep),
  pendingRecords: z.int(),
  /** The ledger entry that carries the certificate's commitment, once completed. */
  ledgerEventId: z.string().nullable(),
});

const erasureAccepted = z.object({
  erasure,
  /**
   * Opens the certificate's commitment to the identifiers. Shown once and kept by nobody: store it with the case
   * file, or give it to the person, to show later whom the certificate is about.
   */
  subjectSalt: z.string(),
});

/** GDPR Art. 18(1)(a)–(d). A closed list, so that no free text about a person is kept beside their index. */
export const restrictionGround = z.enum(['accuracy-contested', 'unlawful', 'legal-claims', 'objection']);

const restriction = z.object({ identifiers: z.int(), restricted: z.boolean() });

export const subjectsOperations = {
  find: op({
    id: 'subjects.find',
    method: 'POST',
    path: '/api/v1/subjects/find',
    summary: 'Find where a person is: stores, counts, possible namesakes',
    scope: 'subjects:read',
    body: z.object({ identifiers }),
    result: subjectFindings,
  }),
  export: op({
    id: 'subjects.export',
    method: 'POST',
    path: '/api/v1/subjects/export',
    summary: "Export a person's data as one JSON file (Art. 15, 20)",
    scope: 'subjects:read',
    body: erasureRequest,
    result: z.string(),
    file: 'application/json',
  }),
  restrict: op({
    id: 'subjects.restrict',
    method: 'POST',
    path: '/api/v1/subjects/restrict',
    summary: 'Refuse calls that name a person (Art. 18)',
    scope: 'subjects:erase',
    body: z.object({ identifiers, ground: restrictionGround }),
    result: restriction,
  }),
  unrestrict: op({
    id: 'subjects.unrestrict',
    method: 'POST',
    path: '/api/v1/subjects/unrestrict',
    summary: 'Lift a restriction',
    scope: 'subjects:erase',
    body: z.object({ identifiers }),
    result: restriction,
  }),
  preview: op({
    id: 'subjects.preview',
    method: 'POST',
    path: '/api/v1/subjects/preview',
    summary: 'What an erasure would do, store by store; changes nothing',
    scope: 'subjects:read',
    body: erasureRequest,
    result: erasurePreview,
  }),
  erase: op({
    id: 'subjects.erase',
    method: 'POST',
    path: '/api/v1/subjects/erase',
    summary: 'Erase a person (Art. 17) as previewed; cannot be undone',
    scope: 'subjects:erase',
    body: erasureRequest.extend({
      /** The `digest` of the preview that was read. */
      preview: z.string(),
      /** Typed by a human. */
      confirm: z.literal('erase'),
    }),
    result: erasureAccepted,
  }),
};

export const erasuresOperations = {
  list: op({
    id: 'erasures.list',
    method: 'GET',
    path: '/api/v1/erasures',
    summary: 'Erasures, newest first',
    scope: 'subjects:read',
    query: z.object({
      before: z.string().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    result: z.object({ items: z.array(erasure), next: z.string().optional() }),
  }),
  get: op({
    id: 'erasures.get',
    method: 'GET',
    path: '/api/v1/erasures/{id}',
    summary: 'One erasure: its state, each store and what reading back showed',
    scope: 'subjects:read',
    params: z.object({ id: z.string() }),
    result: erasure,
  }),
  certificate: op({
    id: 'erasures.certificate',
    method: 'GET',
    path: '/api/v1/erasures/{id}/certificate',
    summary: 'The certificate, with the ledger receipt that proves it',
    scope: 'subjects:read',
    params: z.object({ id: z.string() }),
    result: z.string(),
    file: 'application/json',
  }),
};

export type SubjectFindings = z.output<typeof subjectFindings>;
export type NamesakeCandidate = z.output<typeof namesakeCandidate>;
export type ErasurePreview = z.output<typeof erasurePreview>;
export type PlannedRecord = z.output<typeof plannedRecord>;
export type RecordDecision = z.output<typeof recordDecision>;
export type Erasure = z.output<typeof erasure>;
export type ErasureState = z.output<typeof erasureState>;
export type ErasureStep = z.output<typeof erasureStep>;
export type ResidualCopy = z.output<typeof residualCopy>;
export type Unverifiable = z.output<typeof unverifiable>;
export type RestrictionGround = z.output<typeof restrictionGround>;

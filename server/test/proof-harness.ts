import { randomBytes } from 'node:crypto';

import type { Receipt } from '@kulning/sdk';

import { commitmentsOf, type LedgerEvent } from '../src/core/ledger/leaf.ts';
import { formatVerifierKey } from '../src/core/ledger/signed-note.ts';
import { recordEvents } from '../src/features/proof/ledger-events.ts';
import { createSequencer } from '../src/features/proof/ledger-sequencer.ts';
import { createLogSigner, generateLogKeys } from '../src/features/proof/log-signer.ts';
import { createReceiptService } from '../src/features/proof/receipt-service.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { testDatabase } from './database.ts';

export const organisationId = 'org_0192';
export const request = Buffer.from('{"model":"triage","messages":[{"role":"user","content":"Hej"}]}');
export const response = Buffer.from('{"choices":[{"message":{"content":"Hej!"}}]}');

export interface ProofHarnessOptions {
  readonly instance?: string;
  readonly now?: () => number;
}

/** A real database with a sequencer on it, and calls to record. Salts are kept here in place of a vault. */
export async function proofHarness({
  instance = 'example.org/kulning',
  now = Date.now,
}: ProofHarnessOptions = {}) {
  const database = await testDatabase();
  const signer = createLogSigner(generateLogKeys());
  const salts = new Map<string, Uint8Array>();
  const sequencer = createSequencer({
    database: database.sequencer,
    signer,
    instance,
    clock: { now },
    log: silentLogger,
  });
  await sequencer.sequenceBatch();
  const receipts = createReceiptService({
    database: database.app,
    signer,
    instance,
    openSalt: (_, callId) => Promise.resolve(salts.get(callId) ?? null),
  });
  const callEvent = (id: string, body: LedgerEvent['body'] = {}): LedgerEvent => {
    const salt = randomBytes(32);
    salts.set(id, salt);
    return callAnswered(id, new Date(now()), salt, body);
  };
  return {
    database,
    signer,
    sequencer,
    receipts,
    salts,
    callEvent,
    instance,
    vkeys: signer.verifierKeys(instance).map(formatVerifierKey),
    record: (events: readonly LedgerEvent[]) =>
      database.app.inOrganisation(organisationId, (trx) => recordEvents(trx, events)),
    /** Records that many calls, `call_<from>` and on, and gives them their place. */
    async calls(count: number, from = 0) {
      const events = Array.from({ length: count }, (_, at) => callEvent(`call_${from + at}`));
      await database.app.inOrganisation(organisationId, (trx) => recordEvents(trx, events));
      await sequencer.sequenceBatch();
    },
    async receipt(id: string): Promise<Receipt> {
      const receipt = await receipts.receiptById(organisationId, id);
      if (receipt === undefined) throw new Error(`no receipt of ${id}`);
      return receipt;
    },
    close: () => database.close(),
  };
}

/** What a gateway records of a call, in the members that proof looks at. */
function callAnswered(id: string, at: Date, salt: Uint8Array, body: LedgerEvent['body']): LedgerEvent {
  return {
    kind: 'call.answered',
    at: at.toISOString(),
    organisation: organisationId,
    id,
    body: {
      class: 'public',
      purpose: 'triage',
      decision: { outcome: 'placed', site: 'site_borlange', rules: ['public-anywhere'] },
      model: { name: 'triage', version: '1', digest: 'sha256:00' },
      commitments: { ...commitmentsOf(salt, request, response) },
      ...body,
    },
  };
}

export type ProofHarness = Awaited<ReturnType<typeof proofHarness>>;

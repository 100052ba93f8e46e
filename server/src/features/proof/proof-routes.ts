import { KulningError, type Language, proofOperations, type Witness } from '@kulning/sdk';

import { route, type Route } from '../../platform/http/route.ts';
import type { LedgerService } from './ledger-service.ts';
import { proofWords } from './proof-words.ts';
import type { ReceiptService } from './receipt-service.ts';
import type { WitnessService } from './witness-service.ts';
import type { WitnessInWords } from './witness-store.ts';

const toldIn =
  (language: Language) =>
  ({ detail, ...witness }: WitnessInWords): Witness => ({ ...witness, detail: detail?.[language] ?? null });

interface Services {
  readonly receipts: ReceiptService;
  readonly ledger: LedgerService;
  readonly witnesses: WitnessService;
}

export function proofRoutes({ receipts, ledger, witnesses }: Services): Route[] {
  return [
    route(proofOperations.getReceipt, async ({ params: { id } }, { caller }) => {
      const receipt = await receipts.receiptById(caller.organisationId, id);
      if (receipt !== undefined) return receipt;
      throw new KulningError({
        code: 'receipt.unknown',
        status: 404,
        text: proofWords.receiptUnknown(id),
      });
    }),
    route(proofOperations.listReceipts, ({ query }, { caller }) =>
      receipts.list(caller.organisationId, query),
    ),
    route(proofOperations.exportEvidence, ({ query }, { caller }) =>
      receipts.evidence(caller.organisationId, query),
    ),
    route(proofOperations.status, async (_, { caller }) => {
      const status = await ledger.status();
      return { ...status, witnesses: status.witnesses.map(toldIn(caller.language)) };
    }),
    route(proofOperations.entries, ({ query }, { caller }) => ledger.entries(caller.organisationId, query)),
    route(proofOperations.consistency, ({ query }) => ledger.consistency(query)),
    route(proofOperations.audit, ({ query: { origin } }) => ledger.audit(origin)),
    route(proofOperations.checkpoint, ({ query: { origin } }) => ledger.checkpoint(origin)),
    route(proofOperations.listWitnesses, async (_, { caller }) => ({
      items: (await witnesses.list()).map(toldIn(caller.language)),
    })),
    route(proofOperations.addWitness, async ({ body }, { caller }) =>
      toldIn(caller.language)(await witnesses.add(body)),
    ),
    route(proofOperations.removeWitness, async ({ params: { name } }) => {
      await witnesses.remove(name);
      return { removed: true as const };
    }),
  ];
}

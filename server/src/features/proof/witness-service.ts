import { KulningError } from '@kulning/sdk';

import type { Clock } from '../../core/clock.ts';
import { parseVerifierKey, SignatureType } from '../../core/ledger/signed-note.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { recordEvent } from './ledger-events.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { proofWords } from './proof-words.ts';
import { deleteWitness, insertWitness, listWitnesses, type WitnessInWords } from './witness-store.ts';

export interface WitnessService {
  list(): Promise<WitnessInWords[]>;
  /** @throws KulningError `witness.key_invalid`, `witness.exists` */
  add(witness: { url: string; vkeys: readonly string[] }): Promise<WitnessInWords>;
  /** @throws KulningError `witness.unknown` */
  remove(name: string): Promise<void>;
}

export function createWitnessService(options: {
  readonly database: Database;
  readonly clock: Clock;
}): WitnessService {
  const { clock } = options;
  const database = options.database.withTables<LedgerTables>();
  const event = (kind: string, name: string, vkeys: readonly string[]) => {
    const at = new Date(clock.now()).toISOString();
    return { kind, at, organisation: null, body: { witness: name, vkeys: [...vkeys] } };
  };
  return {
    list: () => database.inInstance('list witnesses', listWitnesses),

    async add({ url, vkeys }) {
      const name = nameOf(vkeys);
      return database.inInstance('add a witness', async (trx) => {
        if (!(await insertWitness(trx, { name, url, vkeys }, new Date(clock.now())))) throw taken(name);
        await recordEvent(trx, event('witness.added', name, vkeys));
        const added = (await listWitnesses(trx)).find((witness) => witness.name === name);
        if (added === undefined) throw new TypeError('the witness that was added is there');
        return added;
      });
    },

    async remove(name) {
      await database.inInstance('remove a witness', async (trx) => {
        if (!(await deleteWitness(trx, name))) throw unknown(name);
        await recordEvent(trx, event('witness.removed', name, []));
      });
    },
  };
}

/** A witness may have a key of each kind; all bear its one name. */
function nameOf(vkeys: readonly string[]): string {
  const keys = vkeys.map(parseVerifierKey);
  const [first] = keys;
  const wrong = keys.findIndex(
    (key) => key === undefined || key.type === SignatureType.ed25519 || key.name !== first?.name,
  );
  if (first !== undefined && wrong === -1) return first.name;
  throw new KulningError({
    code: 'witness.key_invalid',
    status: 400,
    text: proofWords.witnessKeyInvalid,
    path: `vkeys.${Math.max(0, wrong)}`,
  });
}

function taken(name: string): KulningError {
  return new KulningError({
    code: 'witness.exists',
    status: 409,
    text: proofWords.witnessExists(name),
    path: 'vkeys',
  });
}

function unknown(name: string): KulningError {
  return new KulningError({
    code: 'witness.unknown',
    status: 404,
    text: proofWords.witnessUnknown(name),
  });
}

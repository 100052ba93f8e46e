import { composeContent } from './compose-content.ts';
import { composeStores } from './compose-stores.ts';
import type { Ground } from './compose.ts';
import { createBackupFeature } from './features/backup/index.ts';
import { createBatches } from './features/batches/index.ts';
import { createCalls } from './features/calls/index.ts';
import { createDemo, sampleName } from './features/demo/index.ts';
import { createFiles } from './features/files/index.ts';
import { createIdentity, type Identity } from './features/identity/index.ts';
import { createLimits } from './features/limits/index.ts';
import { createPrivacy, createRecordReader, saltIn } from './features/privacy/index.ts';
import { createProof, type LogIdentity, recordEvent } from './features/proof/index.ts';
import { createUsage } from './features/usage/index.ts';
import type { AnyTransaction } from './platform/postgres/database.ts';
import { storeNames } from './platform/vault/store-name.ts';
import { release } from './release.ts';

export type Features = ReturnType<typeof composeFeatures>;

/** The slices that control processes serve and that background work goes through, on one process's ground. */
export function composeFeatures(ground: Ground, logIdentity: LogIdentity) {
  const { config, database, vault, blobs, clock, ids, keystore, log, sites } = ground;
  const readRecord = createRecordReader(database, vault, blobs);
  const openSalt = async (organisationId: string, id: string) => saltIn(await readRecord(organisationId, id));
  const proof = createProof({ database, identity: logIdentity, clock, openSalt });
  const identity = composeIdentity(ground);
  const { folder, keepDays } = config.backup;
  const backup = createBackupFeature({ url: ground.databaseUrl, blobs, folder, keepDays, release, clock });
  const privacy = createPrivacy({
    database,
    vault,
    keystore,
    blobs,
    stores: composeStores(ground, backup, identity.stores),
    required: storeNames,
    recordEvent,
    receiptOf: (organisationId, id) => proof.receipts.receiptById(organisationId, id),
    clock,
    ids,
    log,
  });
  const siteNames = async (trx: AnyTransaction) =>
    new Map((await sites.facts(trx)).map(({ id, name }) => [id, name]));
  const calls = createCalls({ database, clock, log, siteNames });
  const limits = createLimits(
    { database: database.withTables(), clock, ids, log, record: recordEvent },
    config.usage.keepDays,
  );
  const usage = createUsage({ database, clock, siteNames }, config.usage.keepDays);
  const { maxFileBytes: maxBytes } = config.gateway;
  const files = createFiles({ database, vault, blobs, clock, ids, record: recordEvent, maxBytes });
  const content = composeContent(ground);
  const batches = createBatches({ ...ground, files: files.keeper, record: recordEvent });
  const ensureOrganisation = () => identity.ensureDemonstration(sampleName);
  const demo = createDemo({ database: database.withTables(), vault, clock, ids, ensureOrganisation });
  return { proof, identity, backup, privacy, calls, content, files, batches, limits, usage, demo };
}

function composeIdentity({ config, database, clock, ids, sites }: Ground): Identity {
  return createIdentity({
    ...database.withTables(),
    clock,
    ids,
    record: async (trx, event) => void (await recordEvent(trx, event)),
    declareMachine: (trx, machine) => sites.declareThisMachine(trx, machine),
    secureCookies: config.control.publicUrl?.startsWith('https:') === true,
    language: config.language,
  });
}

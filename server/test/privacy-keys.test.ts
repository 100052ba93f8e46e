import { afterEach, beforeEach, expect, it } from 'vitest';

import { createDemo } from '../src/features/demo/index.ts';
import { createIdSource, systemClock } from '../src/platform/id-source.ts';
import { silentLogger } from '../src/platform/log/logger.ts';
import { epochHolders } from '../src/platform/vault/epoch-holder-store.ts';
import { keyEpochWatcher } from '../src/platform/vault/key-epoch-watcher.ts';
import { createVault } from '../src/platform/vault/keyring-vault.ts';
import type { Vault } from '../src/platform/vault/vault.ts';
import { organisationId } from './privacy-harness.ts';
import { privacyStage, type PrivacyStage } from './privacy-stage.ts';

let stage: PrivacyStage;
beforeEach(async () => {
  stage = await privacyStage();
});
afterEach(() => stage.close());

/** A process that never looks by itself within a test: what erasures know of it, it said when it loaded the keys. */
async function silentProcess(holderId: string): Promise<Vault> {
  const vault = createVault(stage.keystore);
  const options = { database: stage.database.app, keystore: stage.keystore, vault, holderId };
  await keyEpochWatcher({ ...options, log: silentLogger, intervalMs: 2 ** 30 });
  return vault;
}

const holdersOf = (organisation: string) =>
  stage.database.app.inOrganisation(organisation, (trx) => epochHolders(trx, organisation));

it('erasures know who may seal before anybody can: loading keys says so', async () => {
  const vault = await silentProcess('control-1');
  expect((await holdersOf(organisationId)).map(({ holderId }) => holderId)).not.toContain('control-1');
  await vault.load(organisationId);
  expect(await holdersOf(organisationId)).toContainEqual(
    expect.objectContaining({ holderId: 'control-1', oldestEpoch: vault.epoch(organisationId) }),
  );
});

it('the sample company is sealed by a process that erasures wait for', async () => {
  const organisation = 'org_sample';
  const demo = createDemo({
    database: stage.database.app.withTables(),
    vault: await silentProcess('control-1'),
    clock: systemClock,
    ids: createIdSource(systemClock),
    ensureOrganisation: () => Promise.resolve(organisation),
  });
  await demo.load();
  expect((await holdersOf(organisation)).map(({ holderId }) => holderId)).toEqual(['control-1']);
});

import { createHash } from 'node:crypto';
import { hostname } from 'node:os';

import type { Keystore } from '../keystore/keystore.ts';
import type { Logger } from '../log/logger.ts';
import type { Database } from '../postgres/database.ts';
import { ownIdentity } from '../postgres/process-identity.ts';
import { holdEpoch, keysChannel, releaseHolder, touchHolder } from './epoch-holder-store.ts';
import type { EpochUse } from './epoch-use.ts';
import type { Vault } from './vault.ts';

/** Names a process to erasures: alike after a restart, so that it takes its own rows over, and unlike any other's. */
export function holderIdOf(role: string, port: number): string {
  const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
  return `${role}-${machine}-${port === 0 ? ownIdentity() : port}`;
}

export interface KeyEpochWatcherOptions {
  readonly database: Database;
  readonly keystore: Keystore;
  readonly vault: Vault;
  /** Stable across restarts (`control`, `gateway-1`): a process that comes back takes its rows over. */
  readonly holderId: string;
  /** Of a process with a spool; it is waited for even when it is dead. */
  readonly epochUse?: EpochUse;
  readonly log: Logger;
  /** How often the keystore's generation is read. Default 500 ms, so that a dropped notification costs no more. */
  readonly intervalMs?: number;
}

export interface KeyEpochWatcher {
  /** Stops watching. Rows stay if the spool still holds something. */
  close(): Promise<void>;
}

const touchEveryMs = 10_000;

/**
 * Keeps a process's keys fresh: within a second of a rotation it seals under the new epoch, and within a second of a
 * destruction or revocation it has forgotten the old key, with or without the database. It tells the database which
 * epoch the process may still need, so that an erasure does not destroy a key under records in a spool. From here on
 * `vault.load` tells it too, before it resolves: nobody in the process can seal under a key that erasures do not wait for.
 */
export async function keyEpochWatcher(options: KeyEpochWatcherOptions): Promise<KeyEpochWatcher> {
  const watcher = new Watcher(options);
  await watcher.start();
  return watcher;
}

class Watcher implements KeyEpochWatcher {
  readonly #options: KeyEpochWatcherOptions;
  /** What the database was last told, by organisation. */
  readonly #told = new Map<string, string>();
  #generation = '';
  #touchedAt = Date.now();
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #listener: { close(): Promise<void> } | undefined;

  constructor(options: KeyEpochWatcherOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { database, keystore, vault, holderId, epochUse, intervalMs = 500 } = this.#options;
    if (epochUse === undefined) await releaseHolder(database, holderId);
    this.#generation = await keystore.generation();
    this.#listener = await database.listen(keysChannel, () => void this.#look());
    this.#timer = setInterval(() => void this.#look(), intervalMs);
    this.#timer.unref();
    vault.announceBy((organisationId) => this.#announce(organisationId));
  }

  async #announce(organisationId: string): Promise<void> {
    await this.#tell(organisationId);
    // A rotation since the keys were read would have been told to nobody: look once more.
    if ((await this.#options.keystore.generation()) !== this.#generation) await this.#look();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#listener?.close();
    await this.#turn;
    const { database, holderId, epochUse } = this.#options;
    if ((epochUse?.organisations().length ?? 0) === 0) await releaseHolder(database, holderId);
  }

  /** One look at a time, and one more for what came meanwhile. */
  #look(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#lookNow());
    return this.#turn;
  }

  async #lookNow(): Promise<void> {
    const { keystore, log } = this.#options;
    try {
      const generation = await keystore.generation();
      if (generation !== this.#generation) await this.#refreshAll(generation);
      await this.#tellAll();
    } catch (error) {
      log.error('keys.watch_failed', error);
    }
  }

  async #refreshAll(generation: string): Promise<void> {
    const { vault, log } = this.#options;
    for (const organisationId of vault.loaded()) {
      // A key that cannot be read any more was revoked: the vault has dropped it, and sealing fails until it is back.
      await vault
        .refresh(organisationId)
        .catch((error: unknown) => log.error('keys.dropped', error, { organisationId }));
    }
    this.#generation = generation;
  }

  async #tellAll(): Promise<void> {
    const { database, holderId, vault } = this.#options;
    for (const organisationId of vault.loaded()) await this.#tell(organisationId);
    if (Date.now() - this.#touchedAt < touchEveryMs) return;
    this.#touchedAt = Date.now();
    await touchHolder(database, holderId);
  }

  async #tell(organisationId: string): Promise<void> {
    const { database, holderId, vault, epochUse } = this.#options;
    const current = vault.epoch(organisationId);
    const oldestEpoch = Math.min(current, epochUse?.oldest(organisationId) ?? current);
    const generation = this.#generation;
    const news = `${oldestEpoch} ${generation}`;
    if (this.#told.get(organisationId) === news) return;
    await holdEpoch(database, {
      holderId,
      organisationId,
      oldestEpoch,
      generation,
      hasSpool: epochUse !== undefined,
    });
    this.#told.set(organisationId, news);
  }
}

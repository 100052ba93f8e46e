import type { IdSource } from '../../core/id.ts';
import type { Database } from '../../platform/postgres/database.ts';
import type { EpochUse } from '../../platform/vault/epoch-use.ts';
import type { SubjectLink, Vault } from '../../platform/vault/vault.ts';
import { insertVaultRecords } from '../privacy/index.ts';
import { AnswerCache, type CachedAnswer, type FreshAnswer, sizeOf } from './answer-cache.ts';
import type { CacheFacts } from './cache-facts.ts';
import { answersSince, freeKeys, insertAnswers, settingRows } from './cache-store.ts';
import type { CacheTables } from './cache-tables.ts';

export interface GatewayCacheDeps {
  readonly database: Database<CacheTables>;
  readonly vault: Pick<Vault, 'open' | 'seal' | 'load' | 'links' | 'blindIndex'>;
  readonly ids: IdSource;
  readonly now: () => number;
  /** A key must not die while an answer under it is still to be written. */
  readonly epochUse: Pick<EpochUse, 'hold' | 'release'>;
}

const MOST_LOADED = 500;

/**
 * The cached answers of one gateway: found in memory, written to the vault in the background, and read from there where
 * another gateway kept them. What cannot be written is simply not there after a restart.
 */
export class GatewayCache {
  readonly vault: GatewayCacheDeps['vault'];
  readonly now: () => number;
  readonly #deps: GatewayCacheDeps;
  readonly #answers: AnswerCache;
  #loadedUpTo = 0n;

  constructor(deps: GatewayCacheDeps) {
    this.#deps = deps;
    this.vault = deps.vault;
    this.now = deps.now;
    this.#answers = new AnswerCache(deps.vault);
  }

  find(organisationId: string, key: string) {
    return this.#answers.find(organisationId, key, this.now());
  }

  /** @param named persons whom the call named; those in the answer are found here */
  keep(
    organisationId: string,
    key: string,
    { ttlSeconds, maxBytes, generation }: CacheFacts,
    answer: CachedAnswer,
    named: readonly SubjectLink[],
  ): void {
    const { vault, ids, epochUse } = this.#deps;
    const id = ids.next('record');
    const sealed = vault.seal(organisationId, id, Buffer.from(JSON.stringify(answer)));
    // In the same turn as the seal, as every holder of sealed bytes does.
    epochUse.hold(organisationId, sealed.epoch);
    const createdAt = this.now();
    const held = {
      organisationId,
      id,
      key,
      generation,
      sealed,
      createdAt,
      expiresAt: createdAt + ttlSeconds * 1000,
    };
    const links = new Map(
      [...named, ...vault.links(organisationId, [], answer.answer)].map((link) => [link.index, link]),
    );
    const given = this.#answers.put(held, maxBytes, { ...held, links: [...links.values()] });
    if (!given) epochUse.release(organisationId, sealed.epoch);
  }

  /** Writes what was kept since the last time, each organisation in its own transaction. */
  async write(): Promise<void> {
    const byOrganisation = Map.groupBy(this.#answers.takeFresh(), ({ organisationId }) => organisationId);
    for (const [organisationId, fresh] of byOrganisation) {
      try {
        await this.#write(organisationId, fresh);
      } finally {
        for (const { sealed } of fresh) this.#deps.epochUse.release(organisationId, sealed.epoch);
      }
    }
  }

  async #write(organisationId: string, fresh: readonly FreshAnswer[]): Promise<void> {
    const latest = new Map(fresh.map((answer) => [answer.key, answer]));
    await this.#deps.database.inOrganisation(organisationId, async (trx) => {
      const [setting] = await settingRows(trx, organisationId);
      // Switched off or purged since: then it is not to come back.
      const wanted = [...latest.values()].filter(
        ({ generation }) => setting?.enabled === true && setting.generation === generation,
      );
      const free = await freeKeys(trx, organisationId, [...latest.keys()], new Date(this.now()));
      const rows = wanted.filter(({ key }) => free.has(key));
      if (rows.length === 0) return;
      await insertVaultRecords(
        trx,
        rows.map(({ id, sealed, links, createdAt, expiresAt }) => ({
          organisationId,
          id,
          store: 'cache' as const,
          sealed,
          links,
          createdAt: new Date(createdAt),
          expiresAt: new Date(expiresAt),
        })),
      );
      await insertAnswers(
        trx,
        rows.map((row) => ({
          organisationId,
          id: row.id,
          key: row.key,
          bytes: sizeOf(row),
          createdAt: new Date(row.createdAt),
          expiresAt: new Date(row.expiresAt),
        })),
      );
    });
  }

  /** Reads what other gateways kept, a page at a time; and forgets organisations whose cache is off. */
  async load(facts: ReadonlyMap<string, CacheFacts>): Promise<void> {
    this.#answers.keepOnly(new Map([...facts].map(([id, { generation }]) => [id, generation])));
    if (facts.size === 0) return;
    const rows = await this.#deps.database.inInstance('cached answers of other gateways', (trx) =>
      answersSince(trx, [...facts.keys()], this.#loadedUpTo, new Date(this.now()), MOST_LOADED),
    );
    for (const { rowId, createdAt, expiresAt, ...row } of rows) {
      this.#loadedUpTo = rowId;
      await this.#deps.vault.load(row.organisationId);
      const { maxBytes = 0, generation = 0 } = facts.get(row.organisationId) ?? {};
      const [created, expires] = [createdAt.getTime(), expiresAt.getTime()];
      this.#answers.put({ ...row, generation, createdAt: created, expiresAt: expires }, maxBytes);
    }
  }
}

import { HASH_BYTES } from '../../core/ledger/merkle-tree.ts';
import { parseTilePath, tileKey, tileWidth, TILE_WIDTH, type TilePath } from '../../core/ledger/tile.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { readTiles, type LedgerTransaction } from './ledger-store.ts';
import type { LedgerTables } from './ledger-tables.ts';
import { leavesOfRun } from './ledger-views.ts';
import { bestHead, findLog, lastHead } from './proof-store.ts';

/** A static file of a tiled log. */
export interface TlogResource {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly body: Uint8Array;
}

export interface TlogOptions {
  /** Of role `app`. */
  readonly database: Database;
  readonly instance: string;
}

/**
 * Serves logs as C2SP tlog-tiles: `/tlog/checkpoint` and `/tlog/tile/…` for the open log, `/tlog/2026q4/…` for one of a
 * quarter. Hashes tell nothing about entries, so anyone may have them; entry bundles show what every organisation did,
 * so they are given only where `entries` is set.
 * @returns undefined if there is nothing at this path
 */
export function createTlogResources(options: TlogOptions) {
  const database = options.database.withTables<LedgerTables>();
  return (path: string, { entries }: { readonly entries: boolean }): Promise<TlogResource | undefined> => {
    const match = /^\/tlog(?:\/(\d{4}q[1-4](?:\.[0-9a-z]+)?))?\/(?:(checkpoint)|tile\/(.+))$/.exec(path);
    if (match === null) return Promise.resolve(undefined);
    const [, quarter, checkpoint, rest = ''] = match;
    const origin = quarter === undefined ? undefined : `${options.instance}/${quarter}`;
    const tile = parseTilePath(rest);
    if (checkpoint === undefined && (tile === undefined || (tile.level === 'entries' && !entries))) {
      return Promise.resolve(undefined);
    }
    return database.inInstance('tiled log', async (trx) => {
      const log = await findLog(trx, origin);
      const head = log && (await lastHead(trx, log.id));
      if (log === undefined || head === undefined) return undefined;
      if (tile !== undefined) return tileResource(trx, log.id, head.size, tile);
      const best = await bestHead(trx, log.id, head.size);
      return resource('text/plain; charset=utf-8', 'max-age=1', Buffer.from(best?.note ?? head.note));
    });
  };
}

async function tileResource(
  trx: LedgerTransaction,
  logId: bigint,
  size: number,
  { level, index, width }: TilePath,
) {
  const address = { level: level === 'entries' ? 0 : level, index };
  if (tileWidth(address, size) < width) return undefined;
  const body =
    level === 'entries'
      ? entryBundle(await leavesOfRun(trx, logId, index * TILE_WIDTH, width))
      : (await readTiles(trx, logId, [address])).get(tileKey(address))?.subarray(0, width * HASH_BYTES);
  return body && resource('application/octet-stream', 'max-age=31536000, immutable', body);
}

/** Entries, each after its length in two bytes. */
function entryBundle(leaves: readonly { leaf: Uint8Array }[]): Uint8Array {
  return Buffer.concat(
    leaves.flatMap(({ leaf }) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(leaf.length);
      return [length, leaf];
    }),
  );
}

function resource(contentType: string, cacheControl: string, body: Uint8Array): TlogResource {
  return { contentType, cacheControl, body };
}

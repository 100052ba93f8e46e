import { hash } from 'node:crypto';

const PURPOSE = 'kulning record salt\n';

/**
 * The salt that belongs to a record's data key: as random, wrapped with it and gone with it. One way, because receipts
 * show salts: whoever has one, and makes the server show another's, learns nothing of a key.
 *
 * @returns 32 bytes
 */
export function saltOf(dataKey: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from(PURPOSE), dataKey]), 'buffer');
}

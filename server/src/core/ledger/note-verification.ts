import { createPublicKey, verify } from 'node:crypto';

import { ed25519CosignedMessage, mlDsa44CosignedMessage, parseCheckpointText } from './checkpoint.ts';
import { SignatureType, type NoteSignature, type VerifierKey } from './signed-note.ts';

/** SubjectPublicKeyInfo in front of a bare public key (RFC 8410 §4, RFC 9881 §4). */
const ED25519_INFO = Buffer.from('302a300506032b6570032100', 'hex');
const ML_DSA_44_INFO = Buffer.from('30820532300b06096086480165030403110382052100', 'hex');

/** Bytes of the timestamp before a cosignature proper. */
const TIMESTAMP_BYTES = 8;

/** Whether the key made this signature over a checkpoint's note text. The caller has matched name and key id. */
export function isSignedBy(key: VerifierKey, text: string, { name, signature }: NoteSignature): boolean {
  if (key.type === SignatureType.ed25519) return isEd25519(key, Buffer.from(text), signature);
  if (signature.length <= TIMESTAMP_BYTES) return false;
  const timestamp = Buffer.from(signature.subarray(0, TIMESTAMP_BYTES)).readBigUInt64BE(0);
  const rest = signature.subarray(TIMESTAMP_BYTES);
  if (timestamp > BigInt(Number.MAX_SAFE_INTEGER)) return false;
  const unixSeconds = Number(timestamp);
  if (key.type === SignatureType.ed25519Cosignature) {
    return isEd25519(key, ed25519CosignedMessage(text, unixSeconds), rest);
  }
  const checkpoint = parseCheckpointText(text);
  if (checkpoint === undefined) return false;
  return isSigned(ML_DSA_44_INFO, key, mlDsa44CosignedMessage(name, checkpoint, unixSeconds), rest);
}

function isEd25519(key: VerifierKey, message: Uint8Array, signature: Uint8Array): boolean {
  return isSigned(ED25519_INFO, key, message, signature);
}

function isSigned(info: Buffer, key: VerifierKey, message: Uint8Array, signature: Uint8Array): boolean {
  const publicKey = createPublicKey({
    key: Buffer.concat([info, key.publicKey]),
    format: 'der',
    type: 'spki',
  });
  return verify(null, message, publicKey, signature);
}

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

import {
  checkpointText,
  mlDsa44CosignedMessage,
  timestampedSignature,
} from '../../core/ledger/checkpoint.ts';
import type { LogSigner } from '../../core/ledger/log-signer.ts';
import {
  formatSignatureLine,
  keyIdOf,
  PUBLIC_KEY_BYTES,
  SignatureType,
  type VerifierKey,
} from '../../core/ledger/signed-note.ts';

/** Private keys as PKCS#8 in PEM. */
export interface LogKeys {
  readonly ed25519: string;
  readonly mlDsa44: string;
}

export function generateLogKeys(): LogKeys {
  return {
    ed25519: pkcs8(generateKeyPairSync('ed25519').privateKey),
    mlDsa44: pkcs8(generateKeyPairSync('ml-dsa-44').privateKey),
  };
}

/**
 * Signs with Ed25519 (what every C2SP client checks) and with ML-DSA-44 (what a quantum computer does not forge). The
 * ML-DSA signature is the cosignature format with a timestamp: that of the largest tree the log has signed by then.
 */
export function createLogSigner(keys: LogKeys): LogSigner {
  const ed25519 = createPrivateKey(keys.ed25519);
  const mlDsa44 = createPrivateKey(keys.mlDsa44);
  const publicKeys = [
    publicKeyOf(SignatureType.ed25519, ed25519),
    publicKeyOf(SignatureType.mlDsa44Cosignature, mlDsa44),
  ] as const;
  const line = (name: string, key: Omit<VerifierKey, 'name'>, signature: Uint8Array) =>
    formatSignatureLine({ name, keyId: keyIdOf({ name, ...key }), signature });
  return {
    verifierKeys: (name) => publicKeys.map((key) => ({ name, ...key })),
    sign(checkpoint, unixSeconds) {
      const name = checkpoint.origin;
      const plain = sign(null, Buffer.from(checkpointText(checkpoint)), ed25519);
      const timed = sign(null, mlDsa44CosignedMessage(name, checkpoint, unixSeconds), mlDsa44);
      return (
        line(name, publicKeys[0], plain) + line(name, publicKeys[1], timestampedSignature(unixSeconds, timed))
      );
    },
  };
}

function pkcs8(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

/** A SubjectPublicKeyInfo of either algorithm ends with the bare public key. */
function publicKeyOf(type: SignatureType, key: KeyObject): Omit<VerifierKey, 'name'> {
  const info = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return { type, publicKey: info.subarray(-PUBLIC_KEY_BYTES[type]) };
}

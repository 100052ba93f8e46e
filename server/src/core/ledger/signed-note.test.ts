import { createPublicKey, verify } from 'node:crypto';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  checkpointText,
  ed25519CosignedMessage,
  mlDsa44CosignedMessage,
  parseCheckpointText,
} from './checkpoint.ts';
import {
  formatSignatureLine,
  formatVerifierKey,
  keyIdOf,
  parseNote,
  parseVerifierKey,
  SignatureType,
  type VerifierKey,
} from './signed-note.ts';

/** From C2SP signed-note, section Example. */
const example = {
  vkey: 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
  note: 'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
};

/** A head of the Go checksum database, as litewitness tests against it. */
const sumdb = {
  vkey: 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8',
  note: 'go.sum database tree\n35225469\nvt5T6GaLCXvyHFl9VUvvItR43XZxfLgftEcTyO3eJCQ=\n\n\u2014 sum.golang.org Az3grpukl5AXaVfYkLiDGORx/DN2nlcS5kZHR5uYOBV2KA2HgXpD+gu9HHONebHLAyaKbbTM75QTtPydhKCExixSfwQ=\n',
};

/** Made by the Go implementation filippo.io/torchwood from the seed 00 01 … 1f. */
const torchwood = {
  vkey: 'example.com/witness+e48fb910+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4',
  note: 'example.com/log/2026q4\n123\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n\n\u2014 example.com/witness 5I+5EAAAAABrAue6iuFFOXfGPPR9UUEqKE2axo5H7zyRkALQ0wzGVAm4aQyyy+7ckLTDR4VL4IHsIxS4o1fy9xidOdFlmZM7PRzJBA==\n',
};

function keyOf(vkey: string): VerifierKey {
  const key = parseVerifierKey(vkey);
  if (key === undefined) throw new Error('the vector does not parse');
  return key;
}

function isEd25519(key: VerifierKey, message: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(key.publicKey).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, publicKey, signature);
}

describe('notes (C2SP signed-note)', () => {
  test.each([example, sumdb])(
    'reads, verifies and writes the published note signed by %#',
    ({ vkey, note }) => {
      const key = keyOf(vkey);
      const parsed = parseNote(note);
      const [signature] = parsed!.signatures;
      expect(signature).toMatchObject({ name: key.name, keyId: keyIdOf(key) });
      expect(isEd25519(key, Buffer.from(parsed!.text), signature!.signature)).toBe(true);
      expect(`${parsed!.text}\n${formatSignatureLine(signature!)}`).toBe(note);
      expect(formatVerifierKey(key)).toBe(vkey);
    },
  );

  test('verifies a cosignature that the Go implementation made', () => {
    const key = keyOf(torchwood.vkey);
    expect(key.type).toBe(SignatureType.ed25519Cosignature);
    const { text, signatures } = parseNote(torchwood.note)!;
    const timed = Buffer.from(signatures[0]!.signature);
    const unixSeconds = Number(timed.readBigUInt64BE(0));
    expect(isEd25519(key, ed25519CosignedMessage(text, unixSeconds), timed.subarray(8))).toBe(true);
    expect(isEd25519(key, ed25519CosignedMessage(text, unixSeconds + 1), timed.subarray(8))).toBe(false);
  });

  test('refuses a verifier key with any byte changed', () => {
    fc.assert(
      fc.property(fc.nat(example.vkey.length - 1), fc.integer({ min: 1, max: 127 }), (at, flip) => {
        const bytes = Buffer.from(example.vkey);
        bytes[at]! ^= flip;
        expect(parseVerifierKey(bytes.toString('latin1'))).toBeUndefined();
      }),
    );
  });

  test('refuses notes that are not written as the specification says', () => {
    for (const wrong of [
      'text\n',
      'text\n\n',
      'text\n\n- name AAAAAAA=\n',
      'text\n\n\u2014 name AAAAAAA=',
      'text\n\n\u2014 na me AAAAAAA=\n',
      'text\n\n\u2014 na+me AAAAAAA=\n',
      'text\n\n\u2014 name AAAAAA==\n',
      'text\n\n\u2014 name AAAAAAB=\n',
    ]) {
      expect(parseNote(wrong)).toBeUndefined();
    }
  });
});

describe('checkpoints (C2SP tlog-checkpoint, tlog-cosignature)', () => {
  test('reads what it writes', () => {
    const root = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const origin = fc.stringMatching(/^[!-~]+$/);
    fc.assert(
      fc.property(origin, fc.maxSafeNat(), root, (origin, size, root) => {
        const read = parseCheckpointText(checkpointText({ origin, size, root }));
        expect(read).toEqual({ origin, size, root: Buffer.from(root) });
      }),
    );
  });

  test('refuses extension lines, leading zeroes and short roots', () => {
    const root = Buffer.alloc(32).toString('base64');
    for (const wrong of [
      `o\n1\n${root}\nmore\n`,
      `o\n01\n${root}\n`,
      'o\n1\nAAAA\n',
      `\n1\n${root}\n`,
      `o\n1\n${root}`,
    ]) {
      expect(parseCheckpointText(wrong)).toBeUndefined();
    }
  });

  test('lays out the message for ML-DSA-44 as the specification does', () => {
    const root = Buffer.alloc(32, 0xab);
    const message = mlDsa44CosignedMessage('w', { origin: 'log', size: 258, root }, 1_679_315_147);
    const expected =
      `${Buffer.from('subtree/v1\n\0').toString('hex')}017700000000641850cb036c6f67` +
      `${'00'.repeat(8)}${'00'.repeat(6)}0102${'ab'.repeat(32)}`;
    expect(message.toString('hex')).toBe(expected);
  });
});

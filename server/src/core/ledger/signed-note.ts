import { hash } from 'node:crypto';

/** Signature types of C2SP signed-note that Kulning uses. */
export const SignatureType = {
  /** Plain Ed25519 over the note text. */
  ed25519: 0x01,
  /** Ed25519 with a timestamp, by a witness. */
  ed25519Cosignature: 0x04,
  /** ML-DSA-44 with a timestamp, by a log or a witness. */
  mlDsa44Cosignature: 0x06,
} as const;

export type SignatureType = (typeof SignatureType)[keyof typeof SignatureType];

export const PUBLIC_KEY_BYTES: Readonly<Record<SignatureType, number>> = {
  [SignatureType.ed25519]: 32,
  [SignatureType.ed25519Cosignature]: 32,
  [SignatureType.mlDsa44Cosignature]: 1312,
};

/** A verifier key: who signs, by which method, with which public key. */
export interface VerifierKey {
  readonly name: string;
  readonly type: SignatureType;
  readonly publicKey: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  /** What follows the key id. */
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** Up to and with the last newline before the empty line: what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** `SHA-256(name || 0x0A || type || public key)[:4]`, big-endian (C2SP signed-note). Names the key, does not secure it. */
export function keyIdOf({ name, type, publicKey }: VerifierKey): number {
  const digest = hash(
    'sha256',
    Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]),
    'buffer',
  );
  return digest.readUInt32BE(0);
}

/** `name+hash+key`, the text form in which a key is pinned. */
export function formatVerifierKey(key: VerifierKey): string {
  const id = keyIdOf(key).toString(16).padStart(8, '0');
  return `${key.name}+${id}+${Buffer.concat([Buffer.of(key.type), key.publicKey]).toString('base64')}`;
}

/** Reads `name+hash+key`. Undefined if it is malformed, its hash is not its own, or its type is not one of ours. */
export function parseVerifierKey(text: string): VerifierKey | undefined {
  const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text);
  if (match === null) return undefined;
  const [, name = '', , encoded = ''] = match;
  const bytes = decodeBase64(encoded);
  const type = Object.values(SignatureType).find((known) => known === bytes?.[0]);
  if (bytes === undefined || type === undefined || bytes.length !== 1 + PUBLIC_KEY_BYTES[type])
    return undefined;
  const key = { name, type, publicKey: bytes.subarray(1) };
  return formatVerifierKey(key) === text ? key : undefined;
}

/** One signature line with its newline: `— name base64(key id || signature)`. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(keyId);
  return `\u2014 ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/** Reads signature lines. Undefined if one is malformed. */
export function parseSignatureLines(text: string): NoteSignature[] | undefined {
  if (!text.endsWith('\n')) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    const match = /^\u2014 ([^+\s]+) (\S+)$/u.exec(line);
    const bytes = decodeBase64(match?.[2] ?? '');
    if (match?.[1] === undefined || bytes === undefined || bytes.length < 5) return undefined;
    signatures.push({ name: match[1], keyId: bytes.readUInt32BE(0), signature: bytes.subarray(4) });
  }
  return signatures;
}

/** Reads a note: text, an empty line, signature lines. Undefined if it is malformed. */
export function parseNote(note: string): SignedNote | undefined {
  const end = note.lastIndexOf('\n\n');
  const signatures = end < 0 ? undefined : parseSignatureLines(note.slice(end + 2));
  return signatures === undefined ? undefined : { text: note.slice(0, end + 1), signatures };
}

/** Strict: padding, alphabet and unused bits must be as the encoder writes them. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

#!/usr/bin/env node
// @ts-check
/* oxlint-disable max-lines -- a person copies this one file to another computer and reads it there */
/**
 * Checks a Kulning receipt or evidence bundle offline: node verify.mjs FILE --key VKEY
 *
 * One file, no dependencies, Node >= 20 or a browser. It believes nothing in the file but what follows from the keys
 * that you pinned: leaf -> hash -> inclusion (RFC 6962) -> checkpoint (C2SP) -> signatures of the log and of witnesses,
 * and request and answer -> commitments in the leaf. Formats: docs/ledger.md. Verdicts and exit codes: docs/verify.md.
 *
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {'verified' | 'wrong' | 'unpinned' | 'pending'} Verdict
 * @typedef {{ name: string, type: number, publicKey: Bytes }} Key a verifier key
 * @typedef {{ body: string, origin: string, size: number, root: Bytes }} Tree a signed head, parsed
 * @typedef {Tree & { pinned: boolean, witnesses: string[], otherWitnesses: string[], unchecked: string[] }} Head
 * @typedef {{ check: string, expected: string, found: string }} Failure which check failed, and how
 *
 * @typedef {object} Options what you know without the file
 * @property {readonly string[]} [pinnedKeys] verifier keys of logs; all that cover the file's log must have signed
 * @property {readonly string[]} [pinnedWitnesses] verifier keys of witnesses; all must have cosigned
 * @property {Uint8Array} [request] exact body of the request, to compare with the commitment
 * @property {Uint8Array} [response] exact body of the answer
 *
 * @typedef {object} Report
 * @property {Verdict} verdict
 * @property {string} id of the call, or `evidence`
 * @property {string[]} passed checks that held, in order
 * @property {string[]} unchecked what this runtime or this file gave no means to check
 * @property {Failure | undefined} failure
 * @property {{ origin: string, index: number, size: number } | undefined} log
 * @property {string[]} witnesses pinned witnesses that cosigned
 * @property {string[]} otherWitnesses witnesses that cosigned and were not pinned
 * @property {Record<string, any> | undefined} leaf what was recorded, once its bytes were checked
 * @property {Report[]} entries of an evidence bundle
 */

/** Exit code of each verdict; 2 is wrong usage. */
export const exitCodes = Object.freeze({ verified: 0, wrong: 1, unpinned: 3, pending: 4 });

const ED25519 = 0x01;
const ED25519_COSIGNATURE = 0x04;
const ML_DSA_44 = 0x06;
/** Public key bytes, and the SubjectPublicKeyInfo (RFC 8410, RFC 9881) that WebCrypto wants in front of them. */
const keyForms = new Map([
  [ED25519, { bytes: 32, algorithm: 'Ed25519', prefix: '302a300506032b6570032100' }],
  [ED25519_COSIGNATURE, { bytes: 32, algorithm: 'Ed25519', prefix: '302a300506032b6570032100' }],
  [
    ML_DSA_44,
    { bytes: 1312, algorithm: 'ML-DSA-44', prefix: '30820532300b06096086480165030403110382052100' },
  ],
]);

class Wrong extends Error {
  /** @param {string} check @param {unknown} expected @param {unknown} found */
  constructor(check, expected, found) {
    super(check);
    this.failure = { check, expected: String(expected), found: String(found) };
  }
}

/** @type {(holds: boolean, check: string, expected: unknown, found: unknown) => asserts holds} */
function need(holds, check, expected, found) {
  if (!holds) throw new Wrong(check, expected, found);
}

// ---------------------------------------------------------------- bytes and hashes

const utf8 = new TextEncoder();
/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
/** @param {string} text @returns {Bytes} */
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
/** @param {Uint8Array} bytes */
const toBase64 = (bytes) => btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ''));
/** @param {...(Uint8Array | number[])} parts @returns {Bytes} */
function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
/** @param {Bytes} bytes @returns {Promise<Bytes>} */
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
/** @param {bigint} value */
const uint64 = (value) => fromHex(value.toString(16).padStart(16, '0'));

/** Standard base64 in its one spelling. @param {unknown} text @param {string} check @returns {Bytes} */
function base64(text, check) {
  need(
    typeof text === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
    check,
    'base64',
    text,
  );
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at);
  need(toBase64(bytes) === text, check, toBase64(bytes), text);
  return bytes;
}

/** RFC 6962: 0x00 before a leaf, 0x01 before two nodes. @param {Bytes} leaf */
const leafHash = (leaf) => sha256(concat([0], leaf));
/** @param {Bytes} left @param {Bytes} right */
const nodeHash = (left, right) => sha256(concat([1], left, right));

/**
 * The root that a leaf hash and its audit path lead to (RFC 9162 §2.1.3.2); undefined if the path does not fit.
 * @param {number} index @param {number} size @param {Bytes} leaf @param {Bytes[]} path
 */
export async function rootOfInclusion(index, size, leaf, path) {
  let [node, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      hash = await nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      hash = await nodeHash(hash, sibling);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? hash : undefined;
}

// ---------------------------------------------------------------- JSON, strictly

/** The one spelling of a JSON value (RFC 8785). @param {any} value @returns {string} */
function canonical(value) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** Refuses a name given twice: two readers could see two values. @param {Uint8Array} bytes @returns {unknown} */
function parseJson(bytes) {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const value = JSON.parse(text);
    const strings = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)];
    const names = strings.filter(([, colon]) => colon !== undefined).length;
    need(names === countNames(value), 'json', 'each name once', 'a name twice');
    return value;
  } catch (error) {
    if (error instanceof Wrong) throw error;
    throw new Wrong('json', 'JSON in UTF-8', error instanceof Error ? error.message : error);
  }
}

/** @param {any} value @returns {number} */
function countNames(value) {
  if (value === null || typeof value !== 'object') return 0;
  const inner = Object.values(value).reduce((sum, member) => sum + countNames(member), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

/** Shapes of the files: `?` marks what may be absent (in a name) or null (in a type); no other member is allowed. */
const keysShape = { log: ['text'], witnesses: ['text'] };
const statement = { id: 'text', status: 'text', leaf: 'text', salt: 'text?' };
const receiptShape = {
  format: 'text',
  ...statement,
  'log?': { origin: 'text', index: 'count', inclusion: ['text'], checkpoint: 'text' },
  keys: keysShape,
};
const evidenceShape = {
  format: 'text',
  from: 'text',
  to: 'text',
  heads: [{ checkpoint: 'text', keys: keysShape }],
  receipts: [{ ...statement, 'log?': { head: 'count', index: 'count', inclusion: ['text'] } }],
};

/** @param {any} value @param {any} shape @param {string} path */
function needShape(value, shape, path) {
  if (typeof shape === 'string') {
    const isText = typeof value === 'string' || (shape === 'text?' && value === null);
    const fits = shape === 'count' ? Number.isSafeInteger(value) && value >= 0 : isText;
    need(fits, 'shape', `${path}: ${shape}`, JSON.stringify(value));
  } else if (Array.isArray(shape)) {
    need(Array.isArray(value), 'shape', `${path}: a list`, typeof value);
    value.forEach((/** @type {any} */ item, /** @type {number} */ at) =>
      needShape(item, shape[0], `${path}[${at}]`),
    );
  } else {
    need(value !== null && typeof value === 'object', 'shape', `${path}: an object`, String(value));
    const allowed = new Map(Object.entries(shape).map(([name, inner]) => [name.replace('?', ''), inner]));
    for (const name of Object.keys(value)) need(allowed.has(name), 'shape', `no ${path}.${name}`, name);
    for (const [name, inner] of allowed) {
      if (Object.hasOwn(value, name)) needShape(value[name], inner, `${path}.${name}`);
      else need(Object.hasOwn(shape, `${name}?`), 'shape', `${path}.${name}`, 'nothing');
    }
  }
}

// ---------------------------------------------------------------- keys and notes (C2SP signed-note, tlog-cosignature)

/** First four bytes of SHA-256(name, newline, type, public key). @param {string} name @param {Key} key */
async function keyId(name, key) {
  return hex((await sha256(concat(utf8.encode(`${name}\n`), [key.type], key.publicKey))).subarray(0, 4));
}

/** Reads `name+hash+key`. @param {string} vkey @param {string} check @returns {Promise<Key>} */
async function parseKey(vkey, check) {
  const [, name = '', id = '', encoded = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/su.exec(vkey) ?? [];
  need(name !== '', check, 'a verifier key: name+hash+key', vkey);
  const bytes = base64(encoded, check);
  const key = { name, type: bytes[0] ?? 0, publicKey: bytes.slice(1) };
  need(keyForms.get(key.type)?.bytes === key.publicKey.length, check, 'an Ed25519 or ML-DSA-44 key', name);
  const expected = await keyId(name, key);
  need(expected === id, check, `${name}+${expected}`, `${name}+${id}`);
  return key;
}

/** A key of an instance vouches for the logs of its quarters: `name/2026q4`, restored `name/2026q4.5f1c09ae`. @param {Key} key @param {string} origin */
function covers(key, origin) {
  const rest = origin.startsWith(`${key.name}/`) ? origin.slice(key.name.length + 1) : undefined;
  return key.name === origin || (rest !== undefined && /^\d{4}q[1-4](\.[0-9a-z]+)?$/.test(rest));
}

/**
 * Undefined if this runtime lacks the algorithm.
 * @param {Key} key @param {Bytes} message @param {Bytes} signature @returns {Promise<boolean | undefined>}
 */
async function isSigned(key, message, signature) {
  const { algorithm = '', prefix = '' } = keyForms.get(key.type) ?? {};
  try {
    const info = concat(fromHex(prefix), key.publicKey);
    const imported = await crypto.subtle.importKey('spki', info, { name: algorithm }, false, ['verify']);
    return await crypto.subtle.verify({ name: algorithm }, imported, signature, message);
  } catch (error) {
    if (error instanceof Error && error.name === 'NotSupportedError') return undefined;
    return false;
  }
}

/** @param {Key} key @param {string} signer @param {Bytes} signature @param {Tree} head */
async function isHeadSigned(key, signer, signature, head) {
  if (key.type === ED25519) return isSigned(key, utf8.encode(head.body), signature);
  const seconds = BigInt(`0x${hex(signature.subarray(0, 8)) || 0}`);
  const rest = signature.slice(8);
  if (key.type === ED25519_COSIGNATURE) {
    return isSigned(key, utf8.encode(`cosignature/v1\ntime ${seconds}\n${head.body}`), rest);
  }
  const [name, origin] = [utf8.encode(signer), utf8.encode(head.origin)];
  const label = utf8.encode('subtree/v1\n\0');
  const tree = concat(uint64(0n), uint64(BigInt(head.size)), head.root);
  return isSigned(
    key,
    concat(label, [name.length], name, uint64(seconds), [origin.length], origin, tree),
    rest,
  );
}

/**
 * Checks a signed head. Each key that is pinned or claimed must have signed it, no signature may be false, and none may
 * be by somebody else: nothing in the file is left unaccounted for.
 * @param {string} checkpoint @param {{ log: string[], witnesses: string[] }} claimed @param {Options} options
 * @returns {Promise<Head>}
 */
async function checkHead(checkpoint, claimed, options) {
  const note = /^(([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n)\n((?:\u2014 [^\n]+\n)+)$/u.exec(checkpoint);
  need(note !== null, 'note', 'a signed checkpoint of three lines', checkpoint.slice(0, 80));
  const [, body = '', origin = '', size = '', root = '', lines = ''] = note;
  const tree = { body, origin, size: Number(size), root: base64(root, 'note') };

  /** @type {Map<string, Bytes>} */
  const signatures = new Map();
  for (const line of lines.trimEnd().split('\n')) {
    const [, name = '', encoded = ''] = /^\u2014 ([^+\s]+) (\S+)$/u.exec(line) ?? [];
    const bytes = base64(encoded, 'signature');
    const id = `${name}+${hex(bytes.subarray(0, 4))}`;
    need(!signatures.has(id), 'signature', `one signature of ${id}`, 'two');
    signatures.set(id, bytes.slice(4));
  }

  const { pinnedKeys = [], pinnedWitnesses = [] } = options;
  /** @type {{ id: string, name: string, witness: boolean, pinned: boolean, signed: boolean | undefined }[]} */
  const signers = [];
  for (const { vkeys, check, witness } of [
    { vkeys: pinnedKeys, check: 'pin', witness: false },
    { vkeys: pinnedWitnesses, check: 'witness', witness: true },
    { vkeys: claimed.log.filter((vkey) => !pinnedKeys.includes(vkey)), check: 'keys', witness: false },
    {
      vkeys: claimed.witnesses.filter((vkey) => !pinnedWitnesses.includes(vkey)),
      check: 'keys',
      witness: true,
    },
  ]) {
    const keys = await Promise.all(vkeys.map((vkey) => parseKey(vkey, check)));
    const ours = keys.filter((key) => witness || covers(key, origin));
    need(ours.length > 0 || vkeys.length === 0, check, keys.map(({ name }) => name).join(', '), origin);
    for (const key of ours) {
      const name = witness ? key.name : origin;
      const id = `${name}+${await keyId(name, key)}`;
      const signature = signatures.get(id);
      need(signature !== undefined, check, `a signature of ${id}`, [...signatures.keys()].join(', '));
      const signed = await isHeadSigned(key, name, signature, tree);
      need(signed !== false, 'signature', `${id} over this head`, 'a signature of something else');
      signers.push({ id, name, witness, signed, pinned: check !== 'keys' });
    }
  }
  const stranger = [...signatures.keys()].find((id) => signers.every((signer) => signer.id !== id));
  need(stranger === undefined, 'signature', 'a signer whose key is pinned or in the file', stranger);

  const names = (/** @type {boolean} */ pinned) =>
    new Set(signers.filter((by) => by.witness && by.signed && by.pinned === pinned).map(({ name }) => name));
  return {
    ...tree,
    pinned: signers.some((by) => by.pinned && !by.witness && by.signed),
    witnesses: [...names(true)],
    otherWitnesses: [...names(false)].filter((name) => !names(true).has(name)),
    unchecked: [...new Set(signers.filter(({ signed }) => signed === undefined).map(({ id }) => id))],
  };
}

// ---------------------------------------------------------------- receipts and evidence

/**
 * Leaf, id, salt and commitments: what a receipt says, apart from where it stands.
 * @param {any} receipt @param {Options} options @param {Report} report
 */
async function checkLeaf(receipt, options, report) {
  const bytes = base64(receipt.leaf, 'leaf');
  const leaf = /** @type {any} */ (parseJson(bytes));
  const text = new TextDecoder().decode(bytes);
  need(canonical(leaf) === text, 'leaf', 'canonical JSON', text.slice(0, 80));
  need(leaf?.id === receipt.id, 'id', leaf?.id, receipt.id);
  report.leaf = leaf;
  report.passed.push('leaf', 'id');

  const salt = receipt.salt === null ? undefined : base64(receipt.salt, 'salt');
  if (salt !== undefined) {
    const found = `sha256:${hex(await sha256(salt))}`;
    need(leaf.commitments?.salt === found, 'salt', leaf.commitments?.salt, found);
    report.passed.push('salt');
  }
  for (const [name, given] of Object.entries({ request: options.request, response: options.response })) {
    if (given !== undefined && salt === undefined) report.unchecked.push(name);
    if (given === undefined || salt === undefined) continue;
    const key = await crypto.subtle.importKey('raw', salt, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    const mac = await crypto.subtle.sign('HMAC', key, Uint8Array.from(given));
    const found = `hmac-sha256:${hex(new Uint8Array(mac))}`;
    need(leaf.commitments?.[name] === found, name, leaf.commitments?.[name], found);
    report.passed.push(name);
  }
}

/** @param {any} receipt @param {Head | undefined} head @param {Options} options @param {Report} report */
async function checkReceipt(receipt, head, options, report) {
  await checkLeaf(receipt, options, report);
  const status = head === undefined ? 'pending' : 'sequenced';
  need(receipt.status === status, 'status', status, receipt.status);
  if (head === undefined) return;
  const { index } = receipt.log;
  const path = receipt.log.inclusion.map((/** @type {string} */ hash) => base64(hash, 'inclusion'));
  const start = await leafHash(base64(receipt.leaf, 'leaf'));
  const root = index < head.size ? await rootOfInclusion(index, head.size, start, path) : undefined;
  const found = root === undefined ? 'no root' : toBase64(root);
  need(found === toBase64(head.root), 'inclusion', toBase64(head.root), found);
  report.log = { origin: head.origin, index, size: head.size };
  report.passed.push('inclusion', 'signature', ...(head.pinned ? ['pin'] : []));
  report.witnesses = head.witnesses;
  report.otherWitnesses = head.otherWitnesses;
  report.unchecked.push(...head.unchecked);
  report.verdict = head.pinned ? 'verified' : 'unpinned';
}

/** @param {any} evidence @param {Options} options @param {Report} report */
async function checkEvidence(evidence, options, report) {
  needShape(evidence, evidenceShape, 'evidence');
  need(evidence.receipts.length > 0, 'shape', 'at least one receipt', 'none');
  /** @type {Head[]} */
  const heads = [];
  for (const { checkpoint, keys } of evidence.heads) heads.push(await checkHead(checkpoint, keys, options));
  const places = new Set();
  for (const receipt of evidence.receipts) {
    const entry = await reportOn(receipt.id, async (inner) => {
      const head = heads[receipt.log?.head];
      need(
        head !== undefined || receipt.log === undefined,
        'note',
        `head ${receipt.log?.head}`,
        `${heads.length} heads`,
      );
      await checkReceipt(receipt, head, options, inner);
      const at = inner.leaf?.at;
      need(at >= evidence.from && at < evidence.to, 'period', `${evidence.from} <= at < ${evidence.to}`, at);
      const place = head && `${head.origin} ${receipt.log.index}`;
      need(!places.has(place) || place === undefined, 'place', 'an entry once', place);
      places.add(place);
    });
    report.entries.push(entry);
  }
  const worst = ['wrong', 'unpinned', 'pending'].find((verdict) =>
    report.entries.some((entry) => entry.verdict === verdict),
  );
  report.verdict = /** @type {Verdict} */ (worst ?? 'verified');
  report.failure = report.entries.find(({ failure }) => failure !== undefined)?.failure;
}

/** @param {string} id @param {(report: Report) => Promise<void>} check @returns {Promise<Report>} */
async function reportOn(id, check) {
  /** @type {Report} */
  const report = {
    verdict: 'pending',
    id,
    passed: [],
    unchecked: [],
    failure: undefined,
    log: undefined,
    witnesses: [],
    otherWitnesses: [],
    leaf: undefined,
    entries: [],
  };
  try {
    await check(report);
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    Object.assign(report, { verdict: 'wrong', failure: error.failure });
  }
  return report;
}

/**
 * Checks a receipt or an evidence bundle. Never throws over what is in the file: the report says what is wrong with it.
 * @param {Uint8Array | string | object} file bytes of the file, best; text or a parsed value will do
 * @param {Options} [options] @returns {Promise<Report>}
 */
export function verifyReceipt(file, options = {}) {
  if (globalThis.crypto?.subtle === undefined)
    throw new Error('WebCrypto is there on HTTPS and on localhost only');
  return reportOn('file', async (report) => {
    const text = typeof file === 'string' ? file : JSON.stringify(file);
    const value = /** @type {any} */ (parseJson(file instanceof Uint8Array ? file : utf8.encode(text)));
    report.id = typeof value?.id === 'string' ? value.id : 'evidence';
    if (value?.format === 'kulning.evidence/v1') return checkEvidence(value, options, report);
    need(value?.format === 'kulning.receipt/v1', 'format', 'kulning.receipt/v1', value?.format);
    needShape(value, receiptShape, 'receipt');
    const head = value.log && (await checkHead(value.log.checkpoint, value.keys, options));
    need(head?.origin === value.log?.origin, 'origin', head?.origin, value.log?.origin);
    await checkReceipt(value, head, options, report);
  });
}

// ---------------------------------------------------------------- words and command line

/** What is said, in English, French and Swedish. */
const words = new Map(
  String.raw`
  verified  | Verified, signed by a pinned key | Vérifié, signé par une clé épinglée | Verifierat, signerat med en fäst nyckel
  unpinned  | Self-attested, key not pinned | Auto-attesté, clé non épinglée | Självintygat, nyckeln inte fäst
  no-pin    | The file agrees with itself, but anyone can make such a file. Give the Ed25519 key of the log with --key. | Le fichier est cohérent, mais n’importe qui peut en produire un pareil. Donnez la clé Ed25519 du registre avec --key. | Filen stämmer med sig själv, men vem som helst kan göra en sådan. Ange loggbokens Ed25519-nyckel med --key.
  pending   | Pending, not in the log yet | En attente, pas encore au registre | Väntar, ännu inte i loggboken
  wait      | Fetch the receipt again in two seconds. | Redemandez le reçu dans deux secondes. | Hämta kvittot på nytt om två sekunder.
  wrong     | WRONG | FAUX | FEL
  expected  | expected | attendu | väntat
  found     | found | trouvé | fanns
  cosigned  | Cosigned by | Cosigné par | Medsignerat av
  alone     | Self-attested: no witness has cosigned | Auto-attesté : aucun témoin n’a cosigné | Självintygat: inget vittne har medsignerat
  strangers | Self-attested as far as you can tell; cosigned by witnesses that you did not pin: | Auto-attesté pour autant que vous sachiez ; cosigné par des témoins non épinglés : | Självintygat så långt du kan veta; medsignerat av vittnen som du inte fäst:
  unchecked | Not checked (no ML-DSA-44 in this runtime, or the salt was erased): | Non contrôlé (ML-DSA-44 absent ici, ou sel effacé) : | Inte kontrollerat (ML-DSA-44 saknas här, eller saltet är raderat):
  which     | Which file is to be checked? | Quel fichier faut-il vérifier ? | Vilken fil ska kontrolleras?
  unread    | This file cannot be read: | Ce fichier est illisible : | Filen går inte att läsa:
  option    | There is no option | Cette option n’existe pas : | Flaggan finns inte:
  json      | not JSON | pas du JSON | inte JSON
  format    | unknown format | format inconnu | okänt format
  shape     | a field is not as the format says | un champ ne suit pas le format | ett fält följer inte formatet
  leaf      | the recorded statement | la déclaration enregistrée | den loggade uppgiften
  id        | the id | l’identifiant | id
  salt      | the salt | le sel | saltet
  request   | the request is another | la requête est une autre | frågan är en annan
  response  | the answer is another | la réponse est une autre | svaret är ett annat
  status    | the status | le statut | statusen
  note      | the signed head | la tête signée | det signerade trädhuvudet
  origin    | the log’s origin | l’origine du registre | loggbokens ursprung
  signature | a signature on the head | une signature de la tête | en signatur på trädhuvudet
  keys      | the keys in the file | les clés du fichier | filens nycklar
  inclusion | not in the signed tree | absent de l’arbre signé | inte i det signerade trädet
  pin       | not signed by the pinned key | non signé par la clé épinglée | inte signerat med den fästa nyckeln
  witness   | not cosigned by the pinned witness | non cosigné par le témoin épinglé | inte medsignerat av det fästa vittnet
  period    | outside the period | hors de la période | utanför perioden
  place     | the same entry twice | deux fois la même entrée | samma post två gånger`
    .trim()
    .split('\n')
    .map((row) => row.split(' | ').map((cell) => cell.trim()))
    .map(([key = '', ...languages]) => [key, languages]),
);

/** @param {string} language @returns {(key: string) => string} */
function speaker(language) {
  const column = Math.max(0, ['en', 'fr', 'sv'].indexOf(language));
  return (key) => words.get(key)?.[column] ?? key;
}

/** A report in words, one line each. @param {Report} report @param {string} [language] en, fr or sv @returns {string[]} */
export function describeReport(report, language = 'en') {
  const say = speaker(language);
  const { failure, log, leaf, entries } = report;
  if (entries.length > 0) {
    const others = entries.filter(({ verdict }) => verdict !== 'verified');
    const [shown] = others.length > 0 ? [others] : [entries.slice(0, 1)];
    const count = `${entries.length - others.length}/${entries.length}`;
    return [
      `${say(report.verdict)}: ${report.id} ${count}`,
      ...shown.flatMap((entry) => describeReport(entry, language)),
    ];
  }
  if (failure !== undefined) {
    const { check, expected, found } = failure;
    const what = `${say('wrong')}: ${report.id}: ${say(check)} (${check})`;
    return [what, `  ${say('expected')}: ${expected}`, `  ${say('found')}: ${found}`];
  }
  const lines = [`${say(report.verdict)}: ${report.id}`];
  if (report.verdict === 'unpinned') lines.push(`  ${say('no-pin')}`);
  if (report.verdict === 'pending') lines.push(`  ${say('wait')}`);
  if (log !== undefined) lines.push(`  ${log.origin} #${log.index} / ${log.size}`);
  if (leaf !== undefined) lines.push(`  ${[leaf.kind, leaf.at, leaf.class].filter(Boolean).join(', ')}`);
  if (report.unchecked.length > 0) lines.push(`${say('unchecked')} ${report.unchecked.join(', ')}`);
  if (report.witnesses.length > 0) lines.push(`${say('cosigned')} ${report.witnesses.join(', ')}`);
  else if (report.otherWitnesses.length > 0)
    lines.push(`${say('strangers')} ${report.otherWitnesses.join(', ')}`);
  else if (log !== undefined) lines.push(say('alone'));
  return lines;
}

const usage =
  'node verify.mjs FILE [--key VKEY|FILE]... [--witness VKEY|FILE]... [--request FILE] [--response FILE] [--lang en|fr|sv] [--json]';

/** What kept the command from checking anything. @param {unknown} error @param {(key: string) => string} say */
function complaint(error, say) {
  const { code, path, message } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `${say('option')} ${/'(-[^' ]+)/.exec(message)?.[1]}`;
  return code === undefined || path === undefined ? message : `${say('unread')} ${path} (${code})`;
}

/** The command. @param {string[]} argv @param {(line: string) => void} print @returns {Promise<number>} exit code */
export async function main(argv, print) {
  const { readFile } = await import('node:fs/promises');
  const { parseArgs } = await import('node:util');
  const keysOf = async (/** @type {string[]} */ given = []) => {
    const texts = given.map(async (key) => (key.includes('+') ? key : readFile(key, 'utf8')));
    return (await Promise.all(texts)).flatMap((text) => text.trim().split(/\s+/));
  };
  const say = speaker(argv[argv.indexOf('--lang') + 1] ?? 'en');
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        key: { type: 'string', multiple: true },
        witness: { type: 'string', multiple: true },
        request: { type: 'string' },
        response: { type: 'string' },
        lang: { type: 'string' },
        json: { type: 'boolean' },
      },
    });
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw new Error(say('which'));
    const report = await verifyReceipt(await readFile(path), {
      pinnedKeys: await keysOf(values.key),
      pinnedWitnesses: await keysOf(values.witness),
      ...(values.request !== undefined && { request: await readFile(values.request) }),
      ...(values.response !== undefined && { response: await readFile(values.response) }),
    });
    const lines = values.json ? [JSON.stringify(report, null, 2)] : describeReport(report, values.lang);
    for (const line of lines) print(line);
    return exitCodes[report.verdict];
  } catch (error) {
    print(complaint(error, say));
    print(usage);
    return 2;
  }
}

if (typeof process !== 'undefined' && process.argv?.[1] !== undefined) {
  const { realpathSync } = await import('node:fs');
  const { pathToFileURL } = await import('node:url');
  if (import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
    process.removeAllListeners('warning'); // Node calls WebCrypto's ML-DSA experimental; that is no news to a reader.
    process.exitCode = await main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
  }
}

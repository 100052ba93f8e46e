#!/usr/bin/env node
// @ts-check
/* oxlint-disable max-lines -- a person copies this one file to a second machine and reads it there */
/**
 * A witness for Kulning's logs: node witness.mjs --log VKEY
 *
 * It cosigns a signed head of a log once it has checked that the head extends the last one it cosigned, and never goes
 * back: an administrator who edits, cuts or forks a log can then no longer show it to anyone who knows this witness.
 * One file, no dependencies, Node >= 20 (Node >= 24.7 to cosign with ML-DSA-44 too). It speaks C2SP tlog-witness,
 * tlog-cosignature and signed-note, and keeps its keys and the last head of each log in one folder.
 *
 * @typedef {{ name: string, type: number, publicKey: Buffer }} VerifierKey
 * @typedef {{ name: string, keyId: string, bytes: Buffer, line: string }} Signature a signature line of a note
 * @typedef {{ origin: string, size: number, root: Buffer, text: string, signatures: Signature[] }} Checkpoint
 * @typedef {{ type: number, privateKey: import('node:crypto').KeyObject, vkey: string, keyId: string }} OwnKey
 *
 * @typedef {object} WitnessOptions
 * @property {readonly string[]} logs verifier keys of the logs to cosign; a key named `x` covers `x/2026q4` too
 * @property {string} folder where keys and heads are kept
 * @property {string} [name] key name, a schema-less URL; taken when the keys are made
 * @property {string} [host] loopback unless given
 * @property {number} [port] any free one if 0
 * @property {(line: string) => void} [print]
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import * as fs from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const ED25519 = 0x01;
const ED25519_COSIGNATURE = 0x04;
const ML_DSA_44 = 0x06;
/** Bytes of a public key, and the SubjectPublicKeyInfo (RFC 8410, RFC 9881) in front of it. */
const keyForms = new Map([
  [ED25519, { bytes: 32, prefix: '302a300506032b6570032100' }],
  [ED25519_COSIGNATURE, { bytes: 32, prefix: '302a300506032b6570032100' }],
  [ML_DSA_44, { bytes: 1312, prefix: '30820532300b06096086480165030403110382052100' }],
]);
/** Sixteen signatures of 5 kB and a proof of 63 hashes stay far below. */
const MAX_BODY_BYTES = 256 * 1024;

/** An answer that is not a cosignature. */
class Refusal extends Error {
  /** @param {number} status @param {string} message @param {string} [type] */
  constructor(status, message, type = 'text/plain; charset=utf-8') {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** @type {(holds: boolean, status: number, message: string) => asserts holds} */
function need(holds, status, message) {
  if (!holds) throw new Refusal(status, `${message}\n`);
}

// ---------------------------------------------------------------- hashes (RFC 6962)

/** @param {...(Buffer | string)} parts */
function sha256(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** @param {Buffer} left @param {Buffer} right */
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

/**
 * Whether a tree of `to` leaves begins with the tree of `from` leaves (RFC 9162 §2.1.4.2), 0 < from < to.
 * @param {number} from @param {number} to @param {Buffer} oldRoot @param {Buffer} newRoot @param {Buffer[]} proof
 */
export function isConsistent(from, to, oldRoot, newRoot, proof) {
  let [node, last] = [from - 1, to - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  // A whole subtree that is the old tree is not in the proof: the verifier has its hash.
  const [start, ...path] = node === 0 ? [oldRoot, ...proof] : proof;
  if (start === undefined) return false;
  let [older, newer] = [start, start];
  for (const hash of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [older, newer] = [nodeHash(hash, older), nodeHash(hash, newer)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      newer = nodeHash(newer, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && older.equals(oldRoot) && newer.equals(newRoot);
}

// ---------------------------------------------------------------- notes and keys (C2SP)

/** Standard base64 in its one spelling, or undefined. @param {string} text */
function base64(text) {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** @param {string} name @param {number} type @param {Buffer} publicKey */
const keyIdOf = (name, type, publicKey) =>
  sha256(`${name}\n`, Buffer.of(type), publicKey).toString('hex', 0, 4);

/** @param {string} vkey @returns {VerifierKey} */
function parseKey(vkey) {
  const [, name = '', id, encoded = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/u.exec(vkey) ?? [];
  const bytes = base64(encoded) ?? Buffer.alloc(1);
  const key = { name, type: bytes[0] ?? 0, publicKey: bytes.subarray(1) };
  if (
    keyForms.get(key.type)?.bytes !== key.publicKey.length ||
    keyIdOf(name, key.type, key.publicKey) !== id
  ) {
    throw new TypeError(`not a verifier key (name+hash+key): ${vkey.slice(0, 80)}`);
  }
  return key;
}

/** @param {VerifierKey} key @param {Buffer} message @param {Buffer} signature */
function isSigned(key, message, signature) {
  const info = Buffer.concat([Buffer.from(keyForms.get(key.type)?.prefix ?? '', 'hex'), key.publicKey]);
  return verify(null, message, createPublicKey({ key: info, format: 'der', type: 'spki' }), signature);
}

/** A key of an instance covers the logs of its quarters. @param {VerifierKey} key @param {string} origin */
function covers(key, origin) {
  const rest = origin.startsWith(`${key.name}/`) ? origin.slice(key.name.length + 1) : '';
  return key.name === origin || /^\d{4}q[1-4](\.[0-9a-z]+)?$/.test(rest);
}

/** @param {string} note @returns {Checkpoint | undefined} extension lines are permitted, and ignored */
function parseCheckpoint(note) {
  const [, text = '', lines = ''] = /^((?:[^\n]+\n){3,})\n((?:\u2014 [^\n]+\n)+)$/u.exec(note) ?? [];
  const [origin = '', size = '', root = ''] = text.split('\n');
  const hash = base64(root);
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)) || hash?.length !== 32)
    return undefined;
  const signatures = [];
  for (const line of lines.trimEnd().split('\n')) {
    const [, name = '', encoded = ''] = /^\u2014 ([^+\s]+) (\S+)$/u.exec(line) ?? [];
    const bytes = base64(encoded);
    if (bytes === undefined || bytes.length < 5) return undefined;
    signatures.push({
      name,
      keyId: bytes.toString('hex', 0, 4),
      bytes: bytes.subarray(4),
      line: `${line}\n`,
    });
  }
  return { origin, size: Number(size), root: hash, text, signatures };
}

/** The message of an ML-DSA-44 cosignature. @param {string} name @param {bigint} seconds @param {Checkpoint} head */
function mlDsaMessage(name, seconds, { origin, size, root }) {
  const opaque = (/** @type {string} */ text) => [Buffer.of(Buffer.byteLength(text)), Buffer.from(text)];
  const numbers = [0n, BigInt(size)].map(uint64);
  return Buffer.concat([
    Buffer.from('subtree/v1\n\0'),
    ...opaque(name),
    uint64(seconds),
    ...opaque(origin),
    ...numbers,
    root,
  ]);
}

/** @param {bigint} value */
function uint64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** @param {VerifierKey} key of a log @param {Checkpoint} head @param {Signature} signature */
function isSignedByLog(key, head, { name, bytes }) {
  if (key.type === ED25519) return isSigned(key, Buffer.from(head.text), bytes);
  if (bytes.length < 8) return false;
  return isSigned(key, mlDsaMessage(name, bytes.readBigUInt64BE(0), head), bytes.subarray(8));
}

// ---------------------------------------------------------------- what is kept

/** On disk before this returns, or as it was. @param {string} path @param {string} text */
function writeDurably(path, text) {
  const draft = `${path}.draft`;
  const file = fs.openSync(draft, 'w', 0o600);
  fs.writeFileSync(file, text);
  fs.fsyncSync(file);
  fs.closeSync(file);
  fs.renameSync(draft, path);
  const folder = fs.openSync(join(path, '..'), 'r');
  fs.fsyncSync(folder);
  fs.closeSync(folder);
}

/** @param {string} path */
function read(path) {
  return fs.existsSync(path) ? fs.readFileSync(path, 'utf8') : undefined;
}

/** Two witnesses on one folder could each undo what the other has seen. @param {string} folder */
function lock(folder) {
  const path = join(folder, 'lock');
  const owner = Number(read(path));
  if (owner > 0 && owner !== process.pid && isRunning(owner)) {
    throw new Error(`process ${owner} runs a witness on ${folder}; if it does not, remove ${path}`);
  }
  fs.writeFileSync(path, String(process.pid), { mode: 0o600 });
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/** Reads this witness's keys, and makes those that are missing. @param {string} folder @param {string | undefined} name @returns {{ name: string, keys: OwnKey[] }} */
function ownKeys(folder, name) {
  const namePath = join(folder, 'name');
  const kept = read(namePath)?.trim();
  const chosen = kept ?? name ?? `kulning-witness/${randomBytes(6).toString('hex')}`;
  if (name !== undefined && name !== chosen) throw new Error(`the keys in ${folder} are those of ${chosen}`);
  if (/[\s+]/u.test(chosen) || Buffer.byteLength(chosen) > 255)
    throw new Error('a name has no space and no plus');
  if (kept === undefined) writeDurably(namePath, `${chosen}\n`);
  /** @type {OwnKey[]} */
  const keys = [];
  for (const { type, algorithm } of [
    { type: ED25519_COSIGNATURE, algorithm: 'ed25519' },
    { type: ML_DSA_44, algorithm: 'ml-dsa-44' },
  ]) {
    const path = join(folder, `${algorithm}.pem`);
    try {
      if (!fs.existsSync(path)) {
        const { privateKey } = generateKeyPairSync(/** @type {'ed25519'} */ (algorithm));
        writeDurably(path, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
      }
      const privateKey = createPrivateKey(fs.readFileSync(path));
      const info = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
      const publicKey = info.subarray(-(keyForms.get(type)?.bytes ?? 0));
      const keyId = keyIdOf(chosen, type, publicKey);
      const vkey = `${chosen}+${keyId}+${Buffer.concat([Buffer.of(type), publicKey]).toString('base64')}`;
      keys.push({ type, privateKey, vkey, keyId });
    } catch (error) {
      if (type === ED25519_COSIGNATURE) throw error; // ML-DSA needs a newer Node; Ed25519 never does.
    }
  }
  return { name: chosen, keys };
}

// ---------------------------------------------------------------- the witness

/** The lines of a head that keys trusted for its log have made. @param {VerifierKey[]} trusted @param {Checkpoint} head */
function trustedLines(trusted, head) {
  const keys = trusted.filter((key) => covers(key, head.origin));
  need(keys.length > 0, 404, `unknown log ${head.origin}`);
  const lines = head.signatures.filter(({ name, keyId, ...signature }) => {
    const isOf = (/** @type {VerifierKey} */ key) => keyIdOf(head.origin, key.type, key.publicKey) === keyId;
    const key = name === head.origin ? keys.find(isOf) : undefined;
    const signed = key === undefined || isSignedByLog(key, head, { name, keyId, ...signature });
    need(signed, 403, `false signature by ${name}`);
    return key !== undefined;
  });
  need(lines.length > 0, 403, 'no signature by a key that is trusted for this log');
  return lines.map(({ line }) => line).join('');
}

/** @param {Checkpoint | undefined} last @param {Checkpoint} head @param {Buffer[]} proof */
function isContinuation(last, head, proof) {
  if (last === undefined || last.size === 0) {
    return proof.length === 0 && (head.size > 0 || head.root.equals(sha256()));
  }
  if (last.size === head.size) return proof.length === 0 && head.root.equals(last.root);
  return isConsistent(last.size, head.size, last.root, head.root, proof);
}

/** One cosignature line by each key. @param {{ name: string, keys: OwnKey[] }} own @param {Checkpoint} head */
function cosign({ name, keys }, head) {
  const seconds = BigInt(Math.floor(Date.now() / 1000));
  const lines = keys.map(({ type, privateKey, keyId }) => {
    const plain = Buffer.from(`cosignature/v1\ntime ${seconds}\n${head.text}`);
    const message = type === ML_DSA_44 ? mlDsaMessage(name, seconds, head) : plain;
    const bytes = Buffer.concat([
      Buffer.from(keyId, 'hex'),
      uint64(seconds),
      sign(null, message, privateKey),
    ]);
    return `\u2014 ${name} ${bytes.toString('base64')}\n`;
  });
  return lines.join('');
}

/** Reads the body of an add-checkpoint request. @param {string} body */
function parseRequest(body) {
  const [, old = '', proof = '', note = ''] =
    /^old (0|[1-9]\d{0,15})\n((?:[^\n]+\n){0,63})\n([^]*)$/.exec(body) ?? [];
  const head = parseCheckpoint(note);
  need(old !== '' && head !== undefined, 400, 'not an add-checkpoint request');
  const hashes = proof.split('\n').slice(0, -1).map(base64);
  need(!hashes.some((hash) => hash?.length !== 32), 400, 'a proof line is not a hash in base64');
  return { oldSize: Number(old), head, proof: hashes.flatMap((hash) => hash ?? []) };
}

/**
 * Opens the folder and gives the one operation. It runs without a pause between looking up the last head and writing
 * the new one, so that no two requests can pass each other.
 * @param {WitnessOptions} options
 */
export function createWitness({ logs, folder, name, print = () => undefined }) {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  lock(folder);
  const own = ownKeys(folder, name);
  const trusted = logs.map(parseKey);
  if (own.keys.length < 2 && trusted.some(({ type }) => type === ML_DSA_44)) {
    throw new Error('this Node has no ML-DSA-44 (24.7 has): give the Ed25519 key of the log');
  }
  const say = (/** @type {string} */ text) => print(`${new Date().toISOString()} ${text}`);

  return {
    name: own.name,
    vkeys: own.keys.map(({ vkey }) => vkey),
    close: () => fs.rmSync(join(folder, 'lock'), { force: true }),

    /** C2SP tlog-witness add-checkpoint. @param {string} body @returns {string} cosignature lines */
    addCheckpoint(body) {
      const { oldSize, head, proof } = parseRequest(body);
      const lines = trustedLines(trusted, head);
      need(oldSize <= head.size, 400, 'the old size is beyond the checkpoint');
      const path = join(folder, `${sha256(head.origin).toString('hex')}.checkpoint`);
      const last = parseCheckpoint(read(path) ?? '');
      const lastSize = last?.size ?? 0;
      if (oldSize !== lastSize) throw new Refusal(409, `${lastSize}\n`, 'text/x.tlog.size');
      if (!isContinuation(last, head, proof)) {
        // Signed by the log and yet no continuation: it may prove two histories, so it is kept.
        writeDurably(join(folder, `${sha256(head.text).toString('hex')}.conflict`), body);
        say(`CONFLICT ${head.origin} ${lastSize} ${head.size}`);
        throw new Refusal(422, `not a continuation of the head of size ${lastSize}\n`);
      }
      const cosignatures = cosign(own, head);
      writeDurably(path, `${head.text}\n${lines}${cosignatures}`);
      say(`cosigned ${head.origin} ${head.size}`);
      return cosignatures;
    },

    /** The last head of a log with the cosignatures on it. @param {string} originHash hex of SHA-256 of the origin */
    checkpoint(originHash) {
      return read(join(folder, `${originHash}.checkpoint`));
    },
  };
}

/**
 * @param {ReturnType<typeof createWitness>} witness @param {import('node:http').IncomingMessage} request
 * @returns {Promise<string>} the body of the answer
 */
async function respond(witness, request) {
  const { pathname } = new URL(request.url ?? '/', 'http://witness');
  if (request.method === 'POST' && pathname === '/add-checkpoint')
    return witness.addCheckpoint(await bodyOf(request));
  const [, originHash] = /^\/([0-9a-f]{64})\/checkpoint$/.exec(pathname) ?? [];
  const checkpoint = request.method === 'GET' && originHash ? witness.checkpoint(originHash) : undefined;
  need(checkpoint !== undefined, 404, 'nothing here');
  return checkpoint;
}

/** @param {WitnessOptions} options */
export async function startWitness(options) {
  const witness = createWitness(options);
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const answer = (
      /** @type {number} */ status,
      /** @type {string} */ text,
      type = 'text/plain; charset=utf-8',
    ) => response.writeHead(status, { 'content-type': type }).end(text);
    respond(witness, request).then(
      (text) => answer(200, text),
      (error) => {
        if (error instanceof Refusal) return answer(error.status, error.message, error.type);
        options.print?.(`${new Date().toISOString()} failed ${error}`);
        return answer(500, 'the witness could not do this\n');
      },
    );
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 8472, options.host ?? '127.0.0.1', () => resolve(undefined));
  });
  const { address, port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    name: witness.name,
    vkeys: witness.vkeys,
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      witness.close();
    },
  };
}

/** @param {import('node:http').IncomingMessage} request */
async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    need(length <= MAX_BODY_BYTES, 413, 'too long for a checkpoint');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const usage =
  'node witness.mjs --log VKEY|FILE... [--folder DIR] [--name NAME] [--host 127.0.0.1] [--port 8472]';

/** The command; runs until a signal. @param {string[]} argv @param {(line: string) => void} print @returns {Promise<number>} exit code */
export async function main(argv, print) {
  const text = /** @type {const} */ ({ type: 'string' });
  try {
    const options = {
      log: /** @type {const} */ ({ type: 'string', multiple: true }),
      folder: text,
      name: text,
      host: text,
      port: text,
    };
    const { values } = parseArgs({ args: argv, options });
    const logs = (values.log ?? []).flatMap((log) =>
      log.includes('+') ? log : fs.readFileSync(log, 'utf8').trim().split(/\s+/),
    );
    if (logs.length === 0) throw new Error('--log?');
    const witness = await startWitness({
      logs,
      folder: values.folder ?? 'kulning-witness',
      ...(values.name !== undefined && { name: values.name }),
      ...(values.host !== undefined && { host: values.host }),
      ...(values.port !== undefined && { port: Number(values.port) }),
      print,
    });
    print(witness.url);
    for (const vkey of witness.vkeys) print(vkey);
    await new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
    });
    await witness.close();
    return 0;
  } catch (error) {
    print(String(error));
    print(usage);
    return 2;
  }
}

if (
  process.argv[1] !== undefined &&
  import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href
) {
  process.stdout.on('error', () => undefined); // Nobody reading along must not stop it.
  process.exitCode = await main(process.argv.slice(2), (line) => process.stdout.write(`${line}\n`));
}

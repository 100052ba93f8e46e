// What sealing costs a call, and searching for a person an erasure: CPU microseconds per record, beside one bare
// AES-256-GCM of the same bytes.
import { createCipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { examineRecord } from '../server/src/features/privacy/record-examination.ts';
import { createSubject } from '../server/src/features/privacy/subject.ts';
import { openFileKeystore } from '../server/src/platform/keystore/file-keystore.ts';
import { detectIdentifiers } from '../server/src/platform/vault/identifier-detection.ts';
import { createVault } from '../server/src/platform/vault/keyring-vault.ts';
import { type Figure, report } from './figure.ts';

const mail =
  'Hej, min faktura 4711 verkar fel. Kan ni titta på den och ringa mig på 070-123 45 67? Mitt personnummer är ' +
  '850709-9805 och min adress är anna.lind@example.se. Med vänliga hälsningar, Anna Lind, Storgatan 4, Borlänge. ';

const folder = mkdtempSync(join(tmpdir(), 'kulning-bench-'));
const vault = createVault(await openFileKeystore(join(folder, 'keys')));
await vault.load('org_bench');
const key = createSecretKey(randomBytes(32));
const nonce = randomBytes(12);

const subject = createSubject(vault, 'org_bench', ['eva.berg@example.se', 'Eva Berg', '+46 70 765 43 21']);
const row = {
  organisation_id: 'org_bench',
  id: 'record',
  store: 'calls',
  epoch: 1,
  wrapped_key: Buffer.alloc(0),
  nonce: null,
  ciphertext: null,
  blob_digest: null,
  attributed: false,
  created_at: new Date(),
  expires_at: null,
  links: [],
};

const figures: Figure[] = [];
const columns = ['bytes', 'bare GCM', 'seal', 'open', 'links', 'search', 'detect MB/s'];
console.log(`${columns.map((name) => name.padStart(11)).join('')}   (CPU µs per record)`);
for (const bytes of [64, 1024, 16_384]) {
  const text = mail.repeat(Math.ceil(bytes / mail.length)).slice(0, bytes);
  const content = Buffer.from(text);
  const sealed = vault.seal('org_bench', 'record', content);
  const bare = cpuMicros(() => {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.update(content);
    cipher.final();
    cipher.getAuthTag();
  });
  const seal = cpuMicros(() => vault.seal('org_bench', 'record', content));
  const open = cpuMicros(() => vault.open('org_bench', 'record', sealed));
  const links = cpuMicros(() => vault.links('org_bench', ['customer-4711'], text));
  const search = cpuMicros(() => examineRecord({ vault, store: 'calls' }, row, content, subject));
  const beside = { what: 'bare AES-256-GCM', value: bare };
  if (bytes === 1024) figures.push({ what: 'vault: seal a record of 1 kB', value: seal, unit: 'µs', beside });
  const detect = bytes / cpuMicros(() => detectIdentifiers(text));
  const cells = [bare, seal, open, links, search, detect].map((value) => value.toFixed(1));
  console.log([String(bytes), ...cells].map((cell) => cell.padStart(11)).join(''));
}
vault.close();
rmSync(folder, { recursive: true });
report(figures);

/** CPU time, not wall time: the machine may be busy with something else. The best of five runs. */
function cpuMicros(work: () => void): number {
  const times = 3000;
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / times);
  }
  return best;
}

// node tools/prove-trial.ts ROOT [prove's own arguments]: `npm run prove` over a proof that counts to forty, in a checkout of its own.
import { setTimeout as sleep } from 'node:timers/promises';

import { proofRecords } from './proof-record.ts';
import { main } from './prove.ts';
import type { Proof } from './proofs/proof.ts';

const [root = '', ...argv] = process.argv.slice(2);

const counting: Proof = {
  name: 'counting',
  claim: 'Forty parts are run, each once.',
  covers: ['covered/*.ts'],
  parts: 40,
  async run(part, seed, { signal }) {
    await sleep(20, undefined, { signal });
    return { parts: 1, sumOfParts: part, sumOfSeeds: seed };
  },
  objection: ({ parts, sumOfParts }) =>
    parts === 40 && sumOfParts === (39 * 40) / 2 ? undefined : `${parts} parts were run`,
};
const failing: Proof = {
  ...counting,
  name: 'failing',
  async run(part) {
    await Promise.resolve();
    if (part === 3) throw new Error('case 7 is forbidden and was placed');
    return { parts: 1 };
  },
};

const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());
process.exitCode = await main(argv, {
  proofs: [counting, failing],
  records: proofRecords(root),
  stop: stopping.signal,
  savedEveryMs: 0,
  print: (line) => process.stdout.write(`${line}\n`),
});

import { gatewayCrashRun } from '../../server/test/gateway-crash-run.ts';
import { ownDatabase } from '../../server/test/own-database.ts';
import type { Proof } from './proof.ts';

const parts = 20;
const killsPerPart = 25;

/** One gateway process with twelve callers: many more calls at each kill than a whole instance with a model bears. */
export const gatewayCrashProof: Proof = {
  name: 'gateway-crash',
  claim:
    'After kill -9 of a gateway under load, every answer that ended and every request that an engine saw is on record, once, with one leaf and one vault record.',
  covers: [
    'server/src/features/{calls,dispatch,gateway}/*.ts',
    'server/src/features/proof/ledger-events.ts',
    'server/src/platform/{spool,vault}/*.ts',
    'server/migrations/*.sql',
    'server/test/{gateway-crash-run,gateway-program,gateway-snapshot,gateway-upstream,chance}.ts',
  ],
  parts,
  async run(part, seed, { signal, say }) {
    const own = await ownDatabase();
    try {
      const { finished, seen, recorded, interrupted, spoolsLeft, ...faults } = await gatewayCrashRun({
        kills: killsPerPart,
        seed: seed + part,
        database: { url: own.url, app: own.open('app'), sequencer: own.open('sequencer') },
        signal,
        say: (done) => say(`${done} of ${killsPerPart} kills`),
      });
      for (const [what, cases] of Object.entries(faults))
        if (cases.length > 0) throw new Error(`${cases.length} ${what}: ${cases.slice(0, 5).join('; ')}`);
      if (spoolsLeft > 0) throw new Error(`${spoolsLeft} journals of dead processes were left`);
      return { kills: killsPerPart, finished, seen, recorded, interrupted, lost: 0, doubled: 0 };
    } finally {
      await own.close();
    }
  },
  objection({ kills = 0, finished = 0, interrupted = 0 }) {
    if (kills !== parts * killsPerPart) return `the process was killed only ${kills} times`;
    return finished < kills || interrupted < kills ? 'there was too little load' : undefined;
  },
};

import { crashRun } from '../../server/test/crash-run.ts';
import type { Proof } from './proof.ts';

const parts = 20;
const killsPerPart = 25;

/** Whole instances, each killed 25 times: every part of one counts what its own callers heard. */
export const crashProof: Proof = {
  name: 'crash',
  claim:
    'After kill -9 of the supervisor, control, gateway, engine and PostgreSQL processes of a whole instance at random moments under load, also while others are still on their way back, every answer that ended is in the ledger as it ended, once, the stand-alone verifier accepts all of it, and no process is left behind.',
  covers: [
    'server/src/{main,serve,tasks,shipper*,compose*}.ts',
    'server/src/core/{engine,ledger}/*.ts',
    'server/src/features/{calls,dispatch,gateway,proof}/*.ts',
    'server/src/platform/{engine-host,keystore,postgres,spool,vault}/*.ts',
    'server/src/platform/parent-process.ts',
    'server/src/up/*.ts',
    'server/migrations/*.sql',
    'packages/verify/src/*.mjs',
    'server/test/{crash-*,instance,chance}.ts',
  ],
  parts,
  async run(part, seed, { signal, say }) {
    const { kills, ended, recorded, interrupted, lost, doubled, torn, orphans, verifierExit } =
      await crashRun({
        kills: killsPerPart,
        seed: seed + part,
        signal,
        say: (done) => say(`${done} of ${killsPerPart} kills`),
      });
    const faults = { lost, doubled, torn, orphans };
    for (const [what, cases] of Object.entries(faults))
      if (cases.length > 0) throw new Error(`${cases.length} ${what}: ${cases.slice(0, 5).join('; ')}`);
    if (verifierExit !== 0) throw new Error(`the stand-alone verifier ended with ${verifierExit}`);
    const { answered, error: errors } = ended;
    return { ...kills, answered, errors, recorded, interrupted, lost: 0, doubled: 0, torn: 0, orphans: 0 };
  },
  objection({ answered = 0, errors = 0, interrupted = 0, ...counts }) {
    const { gateway = 0, control = 0, engine = 0, postgres = 0, supervisor = 0 } = counts;
    const kills = gateway + control + engine + postgres + supervisor;
    if (kills !== parts * killsPerPart) return `only ${kills} processes were killed`;
    if (Math.min(gateway, control, engine, postgres, supervisor) < kills / 10)
      return 'one kind of process was hardly ever killed';
    if (answered < kills || errors === 0 || interrupted === 0) return 'there was too little load';
    return undefined;
  },
};

import { gatewaySoakRun, tokensOfCall } from '../../server/test/gateway-soak-run.ts';
import { ownDatabase } from '../../server/test/own-database.ts';
import type { Proof } from './proof.ts';

const parts = 40;
const callsPerPart = 250_000;
/** Of the last third over the one before: a call that left 300 bytes behind would show. */
const mostGrowthMb = 25;

/** Ten million calls, a quarter of a million to a process. */
export const soakProof: Proof = {
  name: 'soak',
  claim:
    'Of ten million calls every one that was answered is on record and in the usage once, with its tokens, and the memory of a gateway does not grow with the calls it has answered.',
  covers: [
    'server/src/features/{calls,dispatch,gateway,limits,usage}/*.ts',
    'server/src/platform/{spool,vault}/*.ts',
    'server/migrations/*.sql',
    'server/test/{gateway-soak-run,gateway-program,gateway-snapshot}.ts',
  ],
  parts,
  async run(_part, _seed, { signal, say }) {
    const own = await ownDatabase();
    try {
      const { answered, rows, usageCalls, usageTokens, thirdsMb } = await gatewaySoakRun({
        calls: callsPerPart,
        database: { url: own.url, app: own.open('app'), sequencer: own.open('sequencer') },
        signal,
        say: (done) => say(`${done} of ${callsPerPart} calls`),
      });
      const [, before, last] = thirdsMb;
      if (last > before + mostGrowthMb)
        throw new Error(`memory grew from ${Math.round(before)} to ${Math.round(last)} MB`);
      if (usageTokens !== answered * tokensOfCall) throw new Error(`${usageTokens} tokens were counted`);
      return {
        answered,
        lost: answered - Math.min(rows, usageCalls),
        doubled: Math.max(rows, usageCalls) - answered,
      };
    } finally {
      await own.close();
    }
  },
  objection({ answered = 0, lost = 0, doubled = 0 }) {
    if (answered !== parts * callsPerPart) return `only ${answered} calls were answered`;
    return lost > 0 || doubled > 0
      ? `${lost} calls are not on record, ${doubled} are there twice`
      : undefined;
  },
};

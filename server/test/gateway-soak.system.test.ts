import { expect, it } from 'vitest';

import { testDatabase } from './database.ts';
import { gatewaySoakRun, tokensOfCall } from './gateway-soak-run.ts';

// Ten million take hours: `npm run prove soak`.
const calls = 12_000;

it('a gateway that is called again and again keeps its memory, and every call counts once', async () => {
  const database = await testDatabase();
  try {
    const { thirdsMb, ...counts } = await gatewaySoakRun({ calls, database });
    expect(counts).toEqual({
      answered: calls,
      rows: calls,
      usageCalls: calls,
      usageTokens: calls * tokensOfCall,
    });
    // A call that left ten kilobytes behind would show.
    expect(thirdsMb[2]).toBeLessThan(thirdsMb[1] + 40);
  } finally {
    await database.close();
  }
});

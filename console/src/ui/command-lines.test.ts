import { identityOperations, proofOperations, subjectsOperations } from '@kulning/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { commandOf } from './command-lines.ts';

beforeEach(() => vi.stubGlobal('location', { origin: 'http://127.0.0.1:8470' }));
afterEach(() => vi.unstubAllGlobals());

describe('the commands under a screen', () => {
  it('carry what the screen shows, as flags and as a body', () => {
    const { cli, curl } = commandOf(identityOperations.createKey, {
      body: { name: "Maja's robot", dataClass: 'personal' },
    });
    expect(cli).toBe(String.raw`npx kulning keys create --name 'Maja'\''s robot' --data-class personal`);
    expect(curl).toContain(String.raw`-d '{"name":"Maja'\''s robot","dataClass":"personal"}'`);
  });

  it('put parameters in order and leave out what is not asked', () => {
    expect(commandOf(proofOperations.getReceipt, { params: { id: 'call_1' } })).toEqual({
      cli: 'npx kulning receipts get call_1',
      curl: 'curl http://127.0.0.1:8470/api/v1/receipts/call_1 -H "authorization: Bearer $KULNING_API_KEY"',
    });
    expect(
      commandOf(proofOperations.listReceipts, { query: { outcome: undefined, dataClass: 'public' } }),
    ).toMatchObject({ cli: 'npx kulning receipts list --data-class public' });
  });

  it('say one subject where the API says subjects', () => {
    const { cli } = commandOf(subjectsOperations.find, { body: { identifiers: ['a@example.org'] } });
    expect(cli).toBe('npx kulning subject find --identifiers a@example.org');
  });
});

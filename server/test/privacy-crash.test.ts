import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { PrivacyTables } from '../src/features/privacy/privacy-tables.ts';
import { testDatabase, type TestDatabase } from './database.ts';
import { privacyFolders, privacyHarness, testSequencer } from './privacy-harness.ts';

const driver = join(import.meta.dirname, 'privacy-driver.ts');
const email = 'anna.crash@canary-kulning.example';
const large = 'a long document '.repeat(20_000);

/** Every moment at which the machine can be interrupted between two durable acts. */
const moments = [
  'epoch-chosen',
  'epoch-made',
  'planned',
  'erased calls',
  'erased sample',
  'batch-moved:1',
  'batch-moved:2',
  'before-destruction',
  'after-destruction',
  'before-certificate',
  'after-certificate',
];

describe('an erasure whose process is killed', () => {
  let database: TestDatabase;
  let folders: Awaited<ReturnType<typeof privacyFolders>>;
  let ledger: ReturnType<typeof testSequencer>;

  beforeAll(async () => {
    database = await testDatabase();
    folders = await privacyFolders();
    ledger = testSequencer(database.sequencer, database.app);
    await ledger.sequence();
  });

  afterAll(async () => {
    await database.close();
    await folders.remove();
  });

  const run = async (organisationId: string, moment: string) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', driver, database.url, folders.root, organisationId, moment],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let reached = '';
    child.stdout.on('data', (bytes: Buffer) => (reached += bytes.toString()));
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return { code, signal, reached };
  };

  const prepare = async (organisationId: string) => {
    const harness = await privacyHarness({ app: database.app, folders, holderId: 'setup' });
    const others = Array.from({ length: 600 }, (_, at) => ({
      id: `call_other_${at}`,
      content: { prompt: `question ${at}` },
      named: [`customer-${at}`],
    }));
    await harness.put(
      [
        { id: 'call_sole', content: { prompt: `${email} asks` } },
        { id: 'call_large', content: { prompt: `${email} sends ${large}` } },
        { id: 'call_shared', content: { prompt: `${email} and bob@canary-kulning.example` } },
        ...others,
      ],
      organisationId,
    );
    const asked = { organisationId, identifiers: [email], language: 'en' as const, decisions: [] };
    const { digest } = await harness.privacy.subjects.preview(asked);
    const { erasureId } = await harness.privacy.subjects.erase({
      ...asked,
      preview: digest,
      requestedBy: null,
    });
    await harness.close();
    return erasureId;
  };

  it.each(moments)(
    'at “%s” is finished by the next process, once, with every survivor readable',
    async (moment) => {
      const organisationId = `org_${moment.replaceAll(/\W/g, '_')}`;
      const erasureId = await prepare(organisationId);
      expect(await run(organisationId, moment)).toMatchObject({ signal: 'SIGKILL' });
      expect(await run(organisationId, '-')).toMatchObject({ code: 0 });

      const harness = await privacyHarness({ app: database.app, folders, holderId: 'check' });
      await harness.vault.load(organisationId);
      const rows = await database.app
        .withTables<PrivacyTables>()
        .inOrganisation(organisationId, (trx) =>
          trx
            .selectFrom('kulning.vault_record')
            .selectAll()
            .where('organisation_id', '=', organisationId)
            .orderBy('id')
            .execute(),
        );
      const texts = new Map(
        await Promise.all(
          rows.map(async (row) => [row.id, Buffer.from(await harness.content.open(row)).toString()] as const),
        ),
      );
      expect(texts.size).toBe(601);
      expect(texts.get('call_shared')).toBe('{"prompt":"[erased] and bob@canary-kulning.example"}');
      for (let at = 0; at < 600; at++)
        expect(texts.get(`call_other_${at}`)).toBe(`{"prompt":"question ${at}"}`);
      const erasure = await harness.privacy.erasures.get({ organisationId, erasureId }, 'en');
      expect(erasure.steps.find(({ store }) => store === 'calls')).toMatchObject({
        destroyed: 2,
        redacted: 1,
        readBack: 'gone',
      });
      const keys = await readdir(join(folders.keys, 'organisations', organisationId));
      expect(keys.filter((name) => name.endsWith('.key')).sort()).toEqual(['epoch-2.key', 'index.key']);
      await harness.close();

      await ledger.sequence();
      const entries = await database.sequencer.kysely
        .withTables<{ 'kulning.ledger_entry': { event_id: string | null } }>()
        .selectFrom('kulning.ledger_entry')
        .select('event_id')
        .where('event_id', '=', erasureId)
        .execute();
      expect(entries).toHaveLength(1);
    },
  );
});

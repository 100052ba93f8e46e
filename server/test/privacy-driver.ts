// A control process that drives erasures and dies at a named moment: the child of privacy-crash.test.ts.
// argv: database URL, folder, organisation, moment (`name` or `name:count`; `-` for none)
import { silentLogger } from '../src/platform/log/logger.ts';
import { openDatabase } from '../src/platform/postgres/database.ts';
import { privacyHarness } from './privacy-harness.ts';

const [url = '', root = '', organisationId = '', moment = '-'] = process.argv.slice(2);
const [name, count = '1'] = moment.split(':');
let left = Number(count);

const app = openDatabase({ url, role: 'app', poolSize: 4, log: silentLogger });
const folder = (part: string) => `${root}/${part}`;
const harness = await privacyHarness({
  app,
  folders: { root, keys: folder('keys'), blobs: folder('blobs'), log: folder('log'), spool: folder('spool') },
  faultPoint: (reached) => {
    process.stdout.write(`${reached}\n`);
    if (reached === name && --left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
await harness.vault.load(organisationId);
for (let turn = 0; turn < 100; turn++) {
  await harness.privacy.machine.drive(organisationId);
  const { items } = await harness.privacy.erasures.list(organisationId, { limit: 1 }, 'en');
  if (items[0]?.state === 'completed') break;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
await harness.close();
await app.close();

// The Debian packages that the system tests need. Lists what is missing; as root, installs it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const needed = [
  { package: 'chromium', proof: '/usr/bin/chromium' },
  { package: 'iproute2', proof: '/sbin/ip' },
  { package: 'fonts-dejavu-core', proof: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' },
];

const missing = needed.filter(({ proof }) => !existsSync(proof)).map((entry) => entry.package);
if (missing.length > 0) {
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  console.error(`kulning: the system tests need ${missing.join(', ')}.`);
  if (process.getuid?.() !== 0) {
    console.error(`kulning: as root, run: apt-get update && ${command}`);
    process.exit(1);
  }
  for (const step of ['apt-get update -qq', command]) {
    const { status } = spawnSync('sh', ['-c', step], {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (status !== 0) process.exit(status ?? 1);
  }
}

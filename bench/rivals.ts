// Kulning's gateway beside Portkey's, nginx and the bare hops, in one run on one engine. Portkey is fetched with the
// versions of its own lock file (bench/rivals); nginx is Debian's (apt-get install nginx-light).
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Figure, report } from './figure.ts';
import { load, measured, openStand, type Target } from './gateway-stand.ts';

const nginx = '/usr/sbin/nginx';
if (!existsSync(nginx)) {
  console.error(`The comparison needs ${nginx}: apt-get install nginx-light`);
  process.exit(1);
}
const rivals = join(import.meta.dirname, 'rivals');
const portkey = join(rivals, 'node_modules/@portkey-ai/gateway/build/start-server.js');
if (!existsSync(portkey)) execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: rivals, stdio: 'inherit' });

const stand = await openStand();
const engineOrigin = new URL(stand.engine.url).origin;
const targets: Readonly<Record<string, Target>> = {
  'direct to the engine': stand.engine,
  nginx: await startNginx(),
  'bare hops (node:http, undici)': stand.bare,
  Kulning: stand.gateway,
  'Portkey 1.15.2': await startPortkey(),
};

const message = [{ role: 'user', content: 'word '.repeat(160) }];
const bodies = {
  json: { model: 'herd', messages: message },
  stream: { model: 'herd', messages: message, stream: true },
};
const figures: Figure[] = [];
console.log(
  'What differs: Kulning decides by policy, seals, syncs its journal twice and ships it to PostgreSQL (counted); nobody else does.',
);
console.log(`${'64 callers'.padEnd(30)}  body          CPU a call      p50       p99   calls/s`);
for (const [kind, fields] of Object.entries(bodies)) {
  const cpu = new Map<string, number>();
  for (const [name, target] of Object.entries(targets)) {
    // Long enough for the compiler to have seen it all: the first thousands of calls cost twice as much.
    await load(target, 64, kind === 'json' ? 12_000 : 2_000, JSON.stringify(fields));
    const {
      cpuUs: ownUs,
      childrenCpuUs,
      p50Ms,
      p99Ms,
      perSecond,
    } = await measured(target, 64, 3_000, JSON.stringify(fields));
    const cpuUs = ownUs + childrenCpuUs;
    cpu.set(name, cpuUs);
    const cells = [`${Math.round(cpuUs)} µs`, `${p50Ms.toFixed(1)} ms`, `${p99Ms.toFixed(1)} ms`];
    console.log(
      `${name.padEnd(30)}  ${kind.padEnd(8)}  ${cells.map((cell) => cell.padStart(10)).join('')}  ${Math.round(perSecond).toString().padStart(8)}`,
    );
  }
  const [ours = Number.NaN, theirs = Number.NaN] = ['Kulning', 'Portkey 1.15.2'].map((name) => cpu.get(name));
  figures.push({
    what: `CPU of Portkey over that of Kulning, ${kind}`,
    value: theirs / ours,
    unit: '×',
    ...(kind === 'json' && { target: { atLeast: 7 } }),
  });
}
await stand.close();
report(figures);

async function startNginx(): Promise<Target> {
  const port = await freePort();
  const home = join(stand.home, 'nginx');
  mkdirSync(home);
  const config = `daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/error.log;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path ${home}; proxy_temp_path ${home}; fastcgi_temp_path ${home};
  uwsgi_temp_path ${home}; scgi_temp_path ${home};
  upstream engine { server ${new URL(engineOrigin).host}; keepalive 256; }
  server {
    listen 127.0.0.1:${port}; keepalive_requests 1000000;
    location / { proxy_pass http://engine; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}
`;
  writeFileSync(join(home, 'nginx.conf'), config);
  const child = spawn(nginx, ['-c', join(home, 'nginx.conf')], { stdio: ['ignore', 'inherit', 'inherit'] });
  stand.keep(child);
  return await answering({ url: `http://127.0.0.1:${port}/v1/chat/completions`, pid: child.pid ?? 0 });
}

async function startPortkey(): Promise<Target> {
  const port = await freePort();
  const child = spawn(process.execPath, [portkey, `--port=${port}`, '--headless'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' },
  });
  stand.keep(child);
  return await answering({
    url: `http://127.0.0.1:${port}/v1/chat/completions`,
    pid: child.pid ?? 0,
    headers: { 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${engineOrigin}/v1` },
  });
}

async function answering(target: Target): Promise<Target> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const reached = await fetch(new URL('/', target.url)).then(
      () => true,
      () => false,
    );
    if (reached) return target;
    await sleep(100);
  }
  throw new Error(`${target.url} does not answer`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

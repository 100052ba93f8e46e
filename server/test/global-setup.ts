import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TestProject } from 'vitest/node';

import { stopEmbeddedPostgres } from '../src/platform/postgres/embedded-server.ts';
import { isAlive, ownIdentity } from '../src/platform/postgres/process-identity.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder of this run: the embedded cluster that `testDatabase` starts when a test first asks for it. */
    clusterHome: string;
  }
}

const prefix = 'kln-test-';
const ownerFile = 'owner';

/** Gives the run a folder of its own, and sees to it that no server outlives the run, however it ends. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweep();
  const home = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(home, ownerFile), ownIdentity());
  guard(home);
  project.provide('clusterHome', home);
  return () => removeCluster(home);
}

/** A shell that waits for the end of this process: its standard input closes then, even after `kill -9`. */
function guard(home: string): void {
  const script = `cat >/dev/null; for pid in "$0"/postgres/*/postmaster.pid; do [ -f "$pid" ] && kill -QUIT "$(head -n 1 "$pid")"; done; sleep 1; rm -rf "$0"`;
  const shell = spawn('sh', ['-c', script, home], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  shell.unref();
  shell.stdin.on('error', () => undefined);
}

/** Removes what runs left whose guard was killed with them. */
async function sweep(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const home = join(tmpdir(), name);
    if (!isAlive(ownerOf(home))) await removeCluster(home).catch(() => undefined); // Another run sweeps it too.
  }
}

function ownerOf(home: string): string {
  try {
    return readFileSync(join(home, ownerFile), 'utf8');
  } catch {
    // Made just now and not signed yet, or being removed: either way not ours to remove.
    return ownIdentity();
  }
}

async function removeCluster(home: string): Promise<void> {
  await stopEmbeddedPostgres(home);
  rmSync(home, { recursive: true, force: true });
}

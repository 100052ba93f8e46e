import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { KulningError } from '@kulning/sdk';

import { buildWords } from './llama-server-words.ts';

const TOOLS = ['git', 'cmake', 'g++', 'make'];

/** No web page and no library beyond the compiler's own: nothing is fetched, and the program runs on any such machine. */
const OPTIONS = {
  CMAKE_BUILD_TYPE: 'Release',
  BUILD_SHARED_LIBS: 'OFF',
  LLAMA_BUILD_TESTS: 'OFF',
  LLAMA_BUILD_EXAMPLES: 'OFF',
  LLAMA_BUILD_APP: 'OFF',
  LLAMA_BUILD_UI: 'OFF',
  LLAMA_USE_PREBUILT_UI: 'OFF',
  LLAMA_OPENSSL: 'OFF',
  LLAMA_SUBPROCESS: 'OFF',
  GGML_CCACHE: 'OFF',
};

/** llama.cpp's source, whole, as node-llama-cpp brings it along for those who compile. */
const bundled = fileURLToPath(new URL('../llama/', import.meta.resolve('node-llama-cpp')));

/** Where a release of it is built, and stays: another release is another folder. */
function folderOf(home: string): string {
  const { release } = JSON.parse(readFileSync(join(bundled, 'binariesGithubRelease.json'), 'utf8')) as {
    release: string;
  };
  return join(home, 'engines', `llama-server-${release}`);
}

/** The program that was built here, if it was built to its end. */
export function builtLlamaServer(home: string): string | undefined {
  const path = join(folderOf(home), 'llama-server');
  return existsSync(path) ? path : undefined;
}

/**
 * Builds llama-server from the bundled source, offline. What is done is not done again: a build that was interrupted
 * goes on where it ended.
 * @param path where the tools are looked for
 * @returns the program
 * @throws KulningError `engine.build_tools_missing` with the packages, `engine.build_failed`
 */
export async function buildLlamaServer(
  home: string,
  signal: AbortSignal,
  path = process.env['PATH'] ?? '',
): Promise<string> {
  const missing = TOOLS.filter(
    (tool) => !path.split(delimiter).some((folder) => existsSync(join(folder, tool))),
  );
  if (missing.length > 0)
    throw new KulningError({
      code: 'engine.build_tools_missing',
      status: 409,
      text: buildWords.toolsMissing(missing.join(', ')),
    });
  const folder = folderOf(home);
  const [source, build, program] = ['source', 'build', 'llama-server'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(source)) {
    const unfinished = `${source}.part`;
    await rm(unfinished, { recursive: true, force: true });
    await run('git', ['clone', '--quiet', join(bundled, 'gitRelease.bundle'), unfinished], signal);
    await rename(unfinished, source);
  }
  const options = Object.entries(OPTIONS).map(([name, value]) => `-D${name}=${value}`);
  await run('cmake', ['-S', source, '-B', build, ...options], signal);
  const jobs = String(Math.max(1, availableParallelism() - 1));
  const target = ['--build', build, '--target', 'llama-server', '-j', jobs];
  await run('nice', ['-n', '10', 'cmake', ...target], signal);
  const unfinished = `${program}.part`;
  await copyFile(join(build, 'bin', 'llama-server'), unfinished);
  await run(unfinished, ['--version'], signal);
  await rename(unfinished, program);
  return program;
}

async function run(program: string, args: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(program, args, { stdio: 'inherit', signal });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0)
    throw new KulningError({ code: 'engine.build_failed', status: 500, text: buildWords.failed(program) });
}

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { builtLlamaServer } from '../../server/src/adapters/engines/llama-server/llama-server-build.ts';
import type { Proof } from './proof.ts';

const root = join(import.meta.dirname, '..', '..');
const rounds = 3;
const files = {
  conformance: 'server/src/adapters/engines/llama-server/llama-server.proof.test.ts',
  clients: 'server/test/gateway-clients-llama-server.proof.test.ts',
};
const names = Object.keys(files) as (keyof typeof files)[];
const parts = rounds * names.length;
const fewest = { conformance: 29, clients: 20 };

/** A real llama-server under our supervision; CI has none, and tries the supervision with a stand-in. */
export const llamaServerProof: Proof = {
  name: 'llama-server',
  claim:
    'A real llama-server, built from the source that node-llama-cpp brings along and run as an engine of Kulning with a model of random weights, passes every case of the engine conformance suite, embeds, ranks and applies LoRA adapters, and the official clients of OpenAI, Mistral, Anthropic, the AI SDK and LangChain work with it through the gateway, unmodified.',
  covers: [
    'server/src/adapters/engines/*.ts',
    'server/src/adapters/engines/llama-server/*.ts',
    'server/src/core/{dialects,engine}/*.ts',
    'server/src/features/{dispatch,gateway}/*.ts',
    'server/src/platform/engine-host/*.ts',
    'server/test/gateway-{clients-stage,snapshot,stage}.ts',
    'tools/{fixture-gguf,gguf-encoder}.ts',
    'package-lock.json',
  ],
  parts,
  async run(part, _seed, { signal, say }) {
    const name = names[part % names.length] ?? 'conformance';
    say(name);
    return { [name]: await passedCases(files[name], llamaServer(), signal) };
  },
  objection(counts) {
    const short = names.find((name) => (counts[name] ?? 0) < rounds * fewest[name]);
    return short === undefined ? undefined : `only ${counts[short] ?? 0} cases of ${short} were run`;
  },
};

/** @throws with the command that builds it */
function llamaServer(): string {
  const home = process.env['KULNING_HOME'] ?? join(root, '.kulning');
  const program = process.env['KULNING_LLAMA_SERVER'] ?? builtLlamaServer(home);
  if (program === undefined)
    throw new Error(
      `there is no llama-server in ${home}: build it with \`kulning engines build llama-server\`, or name one as KULNING_LLAMA_SERVER`,
    );
  return program;
}

/** @throws naming the cases that did not pass */
async function passedCases(file: string, program: string, signal: AbortSignal): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'kulning-proof-'));
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const args = [vitest, 'run', '--project', 'proof', file, '--reporter=json', `--outputFile=${report}`];
  try {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, KULNING_LLAMA_SERVER: program },
      stdio: 'ignore',
      signal,
    });
    await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    const cases = testResults.flatMap(({ assertionResults }) => assertionResults);
    const failed = cases.filter(({ status }) => status !== 'passed').map(({ fullName }) => fullName);
    if (failed.length > 0) throw new Error(`${failed.length} did not pass: ${failed.slice(0, 5).join('; ')}`);
    return cases.length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Of vitest's reporter `json`. */
interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

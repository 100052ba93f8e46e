import { existsSync } from 'node:fs';

import { getLlama, LlamaLogLevel, type Llama } from 'node-llama-cpp';

/** Opened once for each process: a second `getLlama` would load the native library again. */
export async function loadLibrary(threads: number): Promise<Llama> {
  return getLlama({
    build: 'never',
    skipDownload: true,
    gpu: existsSync('/dev/nvidia0') ? 'auto' : false,
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
    progressLogs: false,
  });
}

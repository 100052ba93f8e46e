/** Nothing of ours but what an engine needs to run: no database address, no key. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'LD_LIBRARY_PATH', 'CUDA_VISIBLE_DEVICES'];
  const environment: NodeJS.ProcessEnv = { GGML_NO_BACKTRACE: '1' };
  for (const name of kept) if (process.env[name] !== undefined) environment[name] = process.env[name];
  return environment;
}

/** The assertion that llama.cpp failed on, or the last line, or at least the signal. */
export function deathReason(lastWords: string, code: number | null, signal: NodeJS.Signals | null): string {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  const assertion = /GGML_ASSERT\(.*\) failed/u.exec(lastWords)?.[0];
  const lastLine = lastWords.trim().split('\n').at(-1)?.slice(0, 300);
  const said = assertion ?? (lastLine === '' ? undefined : lastLine);
  return said === undefined ? `ended with ${how}` : `ended with ${how}: ${said}`;
}

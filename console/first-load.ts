import { gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

interface FirstLoad {
  /** The end of the module's name whose screen a signed-in reader sees first. */
  readonly screen: string;
  /** Gzip, in thousands of bytes: scripts that must be there before that screen stands. */
  readonly budgetKb: number;
}

/** Fails the build when the first screen needs more script than stated; what is fetched afterwards does not count. */
export function firstLoad({ screen, budgetKb }: FirstLoad): Plugin {
  return {
    name: 'kulning-first-load',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const first = chunks.filter(
        ({ isEntry, facadeModuleId }) => isEntry || facadeModuleId?.endsWith(screen) === true,
      );
      if (first.length !== 2) this.error(`the entry and ${screen} are two chunks, not ${first.length}`);
      const needed = new Set<string>();
      const need = (fileName: string): void => {
        if (needed.has(fileName)) return;
        needed.add(fileName);
        chunks.find((chunk) => chunk.fileName === fileName)?.imports.forEach(need);
      };
      first.forEach(({ fileName }) => need(fileName));
      const weights = chunks
        .filter(({ fileName }) => needed.has(fileName))
        .map(({ fileName, code }) => ({ fileName, kb: gzipSync(code, { level: 9 }).length / 1000 }))
        .toSorted((left, right) => right.kb - left.kb);
      const total = weights.reduce((sum, { kb }) => sum + kb, 0);
      const said = `first load: ${total.toFixed(1)} kB of script (gzip) in ${weights.length} files, budget ${budgetKb} kB`;
      if (total <= budgetKb) return this.info(said);
      const heaviest = weights.slice(0, 6).map(({ fileName, kb }) => `${kb.toFixed(1)} kB ${fileName}`);
      return this.error([said, ...heaviest].join('\n'));
    },
  };
}

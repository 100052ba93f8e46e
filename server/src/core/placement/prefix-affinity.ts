import { hash } from 'node:crypto';

/** Characters of prompt that are kept or missed together; about a quarter as many tokens. */
const BLOCK_CHARACTERS = 1024;
/** Beginnings longer than this differ in what matters little. */
const MOST_BLOCKS = 32;

/**
 * The beginning of a prompt, block by block, each hash standing for all before it too. The salt is the organisation's:
 * the same text of another one is another chain, so that nobody learns from placement what others ask.
 */
export function prefixChain(prompt: string, salt: string): string[] {
  const chain: string[] = [];
  let before = salt;
  for (
    let at = 0;
    at + BLOCK_CHARACTERS <= prompt.length && chain.length < MOST_BLOCKS;
    at += BLOCK_CHARACTERS
  ) {
    before = hash('sha256', before + prompt.slice(at, at + BLOCK_CHARACTERS), 'base64');
    chain.push(before);
  }
  return chain;
}

/**
 * Which beginnings each engine has read lately, and so may still hold in its cache. A guess: it decides between equals
 * and promises nothing. Bounded: the blocks that were used least recently are forgotten.
 */
export class PrefixMemory {
  readonly #blocks = new Map<string, Set<string>>();
  readonly #most: number;

  /** @param mostBlocks remembered for each deployment */
  constructor(mostBlocks = 4096) {
    this.#most = mostBlocks;
  }

  /** The engine was sent this. */
  note(deploymentId: string, chain: readonly string[]): void {
    let known = this.#blocks.get(deploymentId);
    if (!known) this.#blocks.set(deploymentId, (known = new Set()));
    // Last block first: of a chain, the beginning must be forgotten last, for without it the rest is worth nothing.
    for (const block of chain.toReversed()) {
      known.delete(block);
      known.add(block);
    }
    for (const block of known) {
      if (known.size <= this.#most) break;
      known.delete(block);
    }
  }

  /** By deployment: the share of these blocks that it has read, from the beginning on. Those with none are absent. */
  hits(chain: readonly string[]): Readonly<Record<string, number>> {
    if (chain.length === 0) return {};
    const shares: Record<string, number> = {};
    for (const [deploymentId, known] of this.#blocks) {
      const missing = chain.findIndex((block) => !known.has(block));
      const held = missing === -1 ? chain.length : missing;
      if (held > 0) shares[deploymentId] = held / chain.length;
    }
    return shares;
  }

  keepOnly(deploymentIds: ReadonlySet<string>): void {
    for (const id of this.#blocks.keys()) if (!deploymentIds.has(id)) this.#blocks.delete(id);
  }
}

export interface AffinityOption {
  readonly score: number;
  /** Share of the prompt that its engine has read before. */
  readonly hit: number;
  /** Share of its slots in use. */
  readonly load: number;
}

/** A worse score than this is not outweighed by a warm cache: carbon, cost and distance go first. */
const SCORE_MARGIN = 0.05;
/** How far above the others' mean an engine may be before its cache counts for nothing; standard deviations. */
const DEVIATIONS = 1;
/** Loads that differ by less than this are alike. */
const LOAD_SLACK = 0.1;

/**
 * The option whose engine has read most of the prompt, among those as good as the best; none if they are all cold.
 * The guard: popular beginnings must not pile up on one engine while others idle.
 */
export function warmest<Option extends AffinityOption>(options: readonly Option[]): Option | undefined {
  const best = Math.min(...options.map(({ score }) => score));
  const mean = options.reduce((sum, { load }) => sum + load, 0) / options.length;
  const variance = options.reduce((sum, { load }) => sum + (load - mean) ** 2, 0) / options.length;
  const limit = mean + Math.max(LOAD_SLACK, DEVIATIONS * Math.sqrt(variance));
  let warm: Option | undefined;
  for (const option of options) {
    if (option.hit <= (warm?.hit ?? 0) || option.score > best + SCORE_MARGIN || option.load > limit) continue;
    warm = option;
  }
  return warm;
}

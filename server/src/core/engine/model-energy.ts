/** What a model's size says of its energy. */
export interface ModelSize {
  readonly parameters: number;
  /** Of a mixture of experts: those that work on one token. */
  readonly activeParameters?: number | null;
}

/** Watt hours for an output token on one GPU: a line fitted to measurements of open models on A100 (EcoLogits v1.0). */
const WH_PER_BILLION_ACTIVE = 8.91e-5;
const WH_PER_TOKEN = 1.43e-3;
const GPU_GIGABYTES = 80;
const MEMORY_FACTOR = 1.2;
const BITS = 16;
/** The line was fitted to models of billions; below, it says nothing. */
const SMALLEST = 1e9;

export const energyMethod =
  'EcoLogits v1.0 (genai-impact/ecologits, docs/methodology/llm_inference.md): GPU energy of output tokens on A100 at 16 bits, taken for all tokens; without the rest of the server';

/**
 * Watt hours for a thousand tokens on servers with GPUs, to two significant digits: a model knows no more.
 * @returns undefined for a size that the method does not cover
 */
export function modelledWattHours({ parameters, activeParameters }: ModelSize): number | undefined {
  if (parameters < SMALLEST) return undefined;
  const gigabytes = (MEMORY_FACTOR * parameters * BITS) / 8 / 1e9;
  const gpus = Math.ceil(gigabytes / GPU_GIGABYTES);
  const perToken = (WH_PER_BILLION_ACTIVE * (activeParameters ?? parameters)) / 1e9 + WH_PER_TOKEN;
  return Number((perToken * gpus * 1000).toPrecision(2));
}

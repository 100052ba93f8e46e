import { createHash } from 'node:crypto';

import {
  LlamaGrammarEvaluationState,
  type Llama,
  type LlamaContextSequence,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';

import { TOOL_CALL_CLOSE, TOOL_CALL_OPEN } from '../../../core/engine/answer-parser.ts';
import { abilitiesOf, wantsNineCharacterIds, type LlamaOptions } from '../../../core/engine/engine.ts';
import {
  compileJsonSchema,
  compileToolCalls,
  UnsupportedSchema,
} from '../../../core/engine/json-schema-grammar.ts';
import { MISTRAL_ARGUMENTS, MISTRAL_CALLS } from '../../../core/engine/mistral-calls.ts';
import { OpenAiError } from '../../../core/engine/openai-error.ts';
import { schemaWords } from '../../../core/engine/schema-words.ts';
import type { Words } from '../../../core/policy/rule.ts';
import type { ChatRequest } from '../../../platform/engine-host/chat-request.ts';
import type { ChatBackend, GeneratedPiece } from '../../../platform/engine-host/engine-backend.ts';
import { loadLibrary } from './llama-library.ts';
import { llamaWords } from './llama-words.ts';
import { createPromptRenderer, type PromptRenderer, type Vocabulary } from './llama-prompt.ts';
import { tokenizePrompt } from './prompt-tokens.ts';
import { createTokenText } from './token-text.ts';

const CACHE_TYPES = { q8_0: 'Q8_0', q4_0: 'Q4_0' } as const;

/** Tokens of prompt that are read between two looks at the abort signal. */
const PREFILL_STEP = 64;

/** A GGUF file, loaded. A context never shifts: prompts that do not fit are refused, answers end at its border. */
export async function openLlamaBackend(model: string, options: LlamaOptions): Promise<ChatBackend> {
  const llama = await loadLibrary(options.threads);
  const weights = await llama.loadModel({ modelPath: options.modelPath });
  const context = await weights.createContext({
    contextSize: options.contextTokens + 1, // The library keeps one place free and would shift to do so.
    sequences: options.slots,
    batchSize: PREFILL_STEP * 2,
    ...(options.cache !== 'f16' && {
      flashAttention: true,
      experimentalKvCacheKeyType: CACHE_TYPES[options.cache],
      experimentalKvCacheValueType: CACHE_TYPES[options.cache],
    }),
    threads: options.threads,
    ...(options.lora.length > 0 && {
      lora: { adapters: options.lora.map(({ path, scale }) => ({ filePath: path, scale })) },
    }),
  });
  const sequences = Array.from({ length: options.slots }, () => context.getSequence());
  const vocabulary = vocabularyOf(weights);
  const prompts = createPromptRenderer(
    weights.fileInfo.metadata.tokenizer.chat_template,
    vocabulary,
    options.knowsTools,
  );
  const generator = { llama, weights, options, markers: markerTokens(weights) };
  return {
    model,
    contextTokens: options.contextTokens,
    slots: options.slots,
    queueLimit: options.queueLimit,
    fingerprint: `llama-${createHash('sha256').update(JSON.stringify(options)).digest('hex').slice(0, 12)}`,
    capabilities: {
      ...abilitiesOf('chat'),
      tools: prompts.tools,
      jsonSchema: true,
      nineCharacterIds: wantsNineCharacterIds(weights.fileInfo.metadata.tokenizer.chat_template ?? ''),
      lora: false,
      server: 'Kulning',
      contextTokens: options.contextTokens,
      slots: options.slots,
    },
    async prepare(request) {
      const grammar = await grammarOf(llama, request, prompts);
      const tokens = await tokenizePrompt(prompts.render(request), vocabulary, options.contextTokens);
      return {
        promptTokens: tokens.length,
        generate: (slot, signal) =>
          generate(generator, sequenceAt(sequences, slot), request, tokens, grammar, signal),
      };
    },
  };
}

interface Generator {
  readonly llama: Llama;
  readonly weights: LlamaModel;
  readonly options: LlamaOptions;
  readonly markers: ReadonlySet<Token>;
}

type Grammar = Awaited<ReturnType<Llama['createGrammar']>> | undefined;

async function* generate(
  { weights, options, markers }: Generator,
  sequence: LlamaContextSequence,
  request: ChatRequest,
  prompt: readonly Token[],
  grammar: Grammar,
  signal: AbortSignal,
): AsyncGenerator<GeneratedPiece, 'stop' | 'length'> {
  const room = options.contextTokens - prompt.length;
  const most = Math.min(request.maxTokens ?? room, room);
  const text = createTokenText<Token>((tokens, before) =>
    weights.detokenize(
      tokens,
      tokens.some((token) => markers.has(token)),
      before,
    ),
  );
  let completionTokens = 0;
  try {
    for (let at = 0; at < prompt.length - 1; at += PREFILL_STEP) {
      signal.throwIfAborted();
      await sequence.evaluateWithoutGeneratingNewTokens(
        prompt.slice(at, Math.min(at + PREFILL_STEP, prompt.length - 1)),
      );
    }
    signal.throwIfAborted();
    const tokens = sequence.evaluate(prompt.slice(-1), {
      temperature: request.temperature ?? options.temperature,
      ...(request.topP !== undefined && { topP: request.topP }),
      ...(request.seed !== undefined && { seed: request.seed >>> 0 }),
      ...(grammar !== undefined && {
        grammarEvaluationState: new LlamaGrammarEvaluationState({ model: weights, grammar }),
      }),
    });
    for await (const token of tokens) {
      signal.throwIfAborted();
      completionTokens++;
      const last = completionTokens >= most;
      yield { text: text.push(token) + (last ? text.end() : ''), completionTokens };
      if (last) return 'length';
    }
    const rest = text.end();
    if (rest !== '') yield { text: rest, completionTokens };
    return 'stop';
  } finally {
    await sequence.clearHistory(); // Nothing of one caller's text stays for the next, not even as a warm cache.
  }
}

function sequenceAt(sequences: readonly LlamaContextSequence[], slot: number): LlamaContextSequence {
  const sequence = sequences[slot];
  if (sequence === undefined) throw new RangeError(`there is no slot ${slot}`);
  return sequence;
}

/** @throws OpenAiError 400 for a schema that cannot be enforced, or tools that the model does not know */
async function grammarOf(
  llama: Llama,
  request: ChatRequest,
  prompts: PromptRenderer<Token>,
): Promise<Grammar> {
  const { tools, toolChoice, answerSchema } = request;
  if (tools.length > 0 && prompts.tools === 'none')
    throw new OpenAiError(400, llamaWords.noTools, {
      code: 'unsupported_value',
      param: 'tools',
    });
  if (tools.length > 0 && answerSchema !== undefined)
    throw new OpenAiError(400, llamaWords.formatWithTools, {
      code: 'unsupported_value',
      param: 'response_format',
    });
  const mustCall = tools.length > 0 && toolChoice !== 'auto';
  if (!mustCall && answerSchema === undefined) return undefined;
  const param = mustCall ? 'tools' : 'response_format';
  const refusal = (why: Words) =>
    new OpenAiError(400, llamaWords.schemaRefused(param, why), { code: 'unsupported_schema', param });
  let grammar: string;
  try {
    grammar = mustCall ? compileToolCalls(tools, prompts.callStyle) : compileJsonSchema(answerSchema);
  } catch (error) {
    throw error instanceof UnsupportedSchema ? refusal(error.said) : error;
  }
  return llama.createGrammar({ grammar }).catch(() => {
    throw refusal(schemaWords.tooLarge);
  });
}

function vocabularyOf(weights: LlamaModel): Vocabulary<Token> {
  const { bos, bosString, eosString, shouldPrependBosToken } = weights.tokens;
  const controlTexts: string[] = [];
  for (const token of weights.iterateAllTokens()) {
    if (weights.isSpecialToken(token)) controlTexts.push(weights.detokenize([token], true));
  }
  return {
    tokenize: (text, special) => weights.tokenize(text, special),
    begin: shouldPrependBosToken && bos !== null ? { token: bos, text: bosString ?? '' } : undefined,
    endText: eosString ?? '',
    controlTexts,
  };
}

/** Where the tool-call markers are control tokens, they are the only ones whose text is part of an answer. */
function markerTokens(weights: LlamaModel): ReadonlySet<Token> {
  const single = [TOOL_CALL_OPEN, TOOL_CALL_CLOSE, MISTRAL_CALLS, MISTRAL_ARGUMENTS]
    .map((marker) => weights.tokenize(marker, true))
    .filter((tokens) => tokens.length === 1);
  return new Set(single.flat());
}

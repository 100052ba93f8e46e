import { Template } from '@huggingface/jinja';

import { TOOL_CALL_OPEN } from '../../../core/engine/answer-parser.ts';
import type { EngineCapabilities } from '../../../core/engine/engine.ts';
import type { CallStyle } from '../../../core/engine/json-schema-grammar.ts';
import { MISTRAL_ARGUMENTS, MISTRAL_CALLS } from '../../../core/engine/mistral-calls.ts';
import { OpenAiError } from '../../../core/engine/openai-error.ts';
import type { ChatMessage, ChatRequest } from '../../../platform/engine-host/chat-request.ts';
import { GgufProblem } from './gguf-cursor.ts';
import { ggufWords } from './gguf-words.ts';
import { llamaWords } from './llama-words.ts';

/** What of a model's vocabulary a prompt needs. */
export interface Vocabulary<Token> {
  /** With `special`, the text of control tokens becomes those tokens; without, it stays text. */
  tokenize(text: string, special: boolean): Token[];
  /** The begin token and its text, if prompts begin with one. */
  readonly begin: { readonly token: Token; readonly text: string } | undefined;
  readonly endText: string;
  /** Texts of all control tokens. */
  readonly controlTexts: readonly string[];
}

/** A rendered prompt, before it is tokens. */
export interface Prompt<Token> {
  /** A token that goes before the text. */
  readonly begin: Token | undefined;
  readonly pieces: readonly { readonly text: string; readonly special: boolean }[];
}

export interface PromptRenderer<Token> {
  readonly callStyle: CallStyle;
  readonly tools: EngineCapabilities['tools'];
  /** @throws OpenAiError 400 when the model's template refuses the messages */
  render(request: ChatRequest): Prompt<Token>;
}

/** For a file without a template whose vocabulary has its markers. */
const CHATML =
  "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** Private-use characters around the number of a text that is put in later. */
const PLACE = /\uE000(\d+)\uE001/u;

/**
 * Renders messages with the template of the file. What a person wrote never becomes a control token: a text that
 * spells one (`<|im_end|>`) is tokenized on its own, as text; all others in one piece, as in training.
 * @throws Error when the file has no template and none can be assumed
 */
export function createPromptRenderer<Token>(
  chatTemplate: string | undefined,
  vocabulary: Vocabulary<Token>,
  knowsTools = false,
): PromptRenderer<Token> {
  const template = new Template(chatTemplate ?? assumedTemplate(vocabulary));
  const controls = vocabulary.controlTexts.filter((text) => text !== '');
  const spellsControl = (text: string) =>
    text.includes('\uE000') || controls.some((control) => text.includes(control));
  const renderText = (messages: readonly object[], tools: readonly unknown[]) =>
    template.render({
      messages,
      ...(tools.length > 0 && { tools }),
      add_generation_prompt: true,
      bos_token: vocabulary.begin?.text ?? '',
      eos_token: vocabulary.endText,
    });
  const promptOf = (rendered: string, pieces: Prompt<Token>['pieces']): Prompt<Token> => {
    const { begin } = vocabulary;
    return {
      begin: begin !== undefined && !rendered.startsWith(begin.text) ? begin.token : undefined,
      pieces,
    };
  };
  return {
    callStyle: callStyleOf(chatTemplate ?? ''),
    tools: toolSupport(renderText, knowsTools || vocabulary.tokenize(TOOL_CALL_OPEN, true).length === 1),
    render(request) {
      const texts: string[] = [];
      const held = (text: string) => (spellsControl(text) ? `\uE000${texts.push(text) - 1}\uE001` : text);
      const messages = request.messages.map((message) => templateMessage(message, held));
      const rendered = refusable(() =>
        renderText(
          messages,
          request.tools.map((tool) => tool.source),
        ),
      );
      if (texts.length === 0) return promptOf(rendered, [{ text: rendered, special: true }]);
      const pieces = rendered.split(PLACE).map((piece, index) => {
        const held = index % 2 === 1;
        return { text: held ? (texts[Number(piece)] ?? '') : piece, special: !held };
      });
      return promptOf(rendered, pieces);
    },
  };
}

/** By the markers that the template itself writes into a history. */
function callStyleOf(template: string): CallStyle {
  if (!template.includes(MISTRAL_CALLS)) return 'hermes';
  return template.includes(MISTRAL_ARGUMENTS) ? 'mistral' : 'mistral-list';
}

function assumedTemplate(vocabulary: Vocabulary<unknown>): string {
  if (vocabulary.controlTexts.includes('<|im_start|>')) return CHATML;
  throw new GgufProblem(ggufWords.noChatTemplate);
}

/** The message as templates know it: Hugging Face's shape, arguments as values. */
function templateMessage(message: ChatMessage, held: (text: string) => string): object {
  return {
    role: message.role,
    content: held(message.content),
    ...(message.name !== undefined && { name: held(message.name) }),
    ...(message.toolCallId !== undefined && { tool_call_id: held(message.toolCallId) }),
    ...(message.toolCalls !== undefined && {
      tool_calls: message.toolCalls.map((call) => ({
        id: held(call.id),
        type: 'function',
        function: { name: held(call.name), arguments: heldDeep(call.arguments, held) },
      })),
    }),
  };
}

function heldDeep(value: unknown, held: (text: string) => string): unknown {
  if (typeof value === 'string') return held(value);
  if (Array.isArray(value)) return value.map((item) => heldDeep(item, held));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [held(key), heldDeep(item, held)]));
}

/** Templates raise on what they do not support, such as two user messages in a row. */
function refusable(render: () => string): string {
  try {
    return render();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : '';
    throw new OpenAiError(400, llamaWords.templateRefused(reason), {
      code: 'template_refused',
      param: 'messages',
    });
  }
}

/** Many templates ignore `tools` without a word; what a client asked for must not vanish. */
function toolSupport(
  renderText: (messages: readonly object[], tools: readonly unknown[]) => string,
  trained: boolean,
): EngineCapabilities['tools'] {
  const messages = [{ role: 'user', content: 'x' }];
  const probe = {
    type: 'function',
    function: { name: 'probe', description: 'probe', parameters: { type: 'object', properties: {} } },
  };
  const rendered = [[], [probe]].map((tools) => {
    try {
      return renderText(messages, tools);
    } catch {
      return ''; // A template that raises on a probe supports no tools; real messages get its words.
    }
  });
  return trained || rendered[0] !== rendered[1] ? 'grammar' : 'none';
}

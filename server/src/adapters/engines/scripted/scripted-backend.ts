import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { TOOL_CALL_CLOSE, TOOL_CALL_OPEN } from '../../../core/engine/answer-parser.ts';
import { abilitiesOf, type ScriptedOptions } from '../../../core/engine/engine.ts';
import { OpenAiError, promptTooLong } from '../../../core/engine/openai-error.ts';
import type { ChatBackend, GeneratedPiece } from '../../../platform/engine-host/engine-backend.ts';
import { engineWords } from '../engine-words.ts';
import { ruleFor, script, scriptTokens, type Rule } from './script.ts';

export function openScriptedBackend(model: string, options: ScriptedOptions): ChatBackend {
  const source = readFileSync(options.scriptPath, 'utf8');
  const { rules } = script.parse(JSON.parse(source));
  return {
    model,
    contextTokens: options.contextTokens,
    slots: options.slots,
    queueLimit: options.queueLimit,
    fingerprint: `scripted-${createHash('sha256').update(source).digest('hex').slice(0, 12)}`,
    capabilities: {
      ...abilitiesOf('chat'),
      tools: 'grammar',
      jsonSchema: false,
      lora: false,
      server: 'Kulning',
      contextTokens: options.contextTokens,
      slots: options.slots,
    },
    async prepare(request) {
      if (request.answerSchema !== undefined)
        throw new OpenAiError(400, engineWords.scriptedFormat, {
          code: 'unsupported_value',
          param: 'response_format',
        });
      const promptTokens = request.messages.reduce(
        (sum, { content }) => sum + scriptTokens(content).length,
        0,
      );
      if (promptTokens >= options.contextTokens) throw promptTooLong(promptTokens, options.contextTokens);
      const input = request.messages.findLast(({ role }) => role === 'user')?.content ?? '';
      const rule = ruleFor(rules, input);
      if (rule === undefined)
        throw new OpenAiError(400, engineWords.scriptNoRule, { code: 'script_no_rule' });
      if (rule.refuse !== undefined)
        throw new OpenAiError(rule.refuse.status, rule.refuse.message, { code: rule.refuse.code });
      const room = options.contextTokens - promptTokens;
      const most = Math.min(request.maxTokens ?? room, room);
      return { promptTokens, generate: (_slot, signal) => recite(rule, input, most, signal) };
    },
  };
}

async function* recite(
  rule: Rule,
  input: string,
  most: number,
  signal: AbortSignal,
): AsyncGenerator<GeneratedPiece, 'stop' | 'length'> {
  const tokens = scriptTokens(textOf(rule, input));
  for (let at = 0; rule.endless || at < tokens.length; at++) {
    if (at === most) return 'length';
    if (at === rule.dieAfterTokens) process.kill(process.pid, 'SIGKILL');
    if (at === rule.cutAfterTokens) throw new Error('the script cuts here');
    await delay(rule.delayMsPerToken, undefined, { signal });
    yield { text: tokens[at % tokens.length] ?? '', completionTokens: at + 1 };
  }
  return 'stop';
}

function textOf(rule: Rule, input: string): string {
  const calls = rule.toolCalls.map((call) => `${TOOL_CALL_OPEN}${JSON.stringify(call)}${TOOL_CALL_CLOSE}`);
  return [rule.text.replaceAll('{input}', () => input), ...calls].filter((part) => part !== '').join('\n');
}

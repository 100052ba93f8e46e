import { nineCharacterId } from '../../core/dialects/tool-call-id.ts';
import type { EngineEndpoint } from '../../core/engine/engine.ts';
import { OpenAiError } from '../../core/engine/openai-error.ts';
import type { Language } from '../../core/policy/rule.ts';
import { say } from './gateway-words.ts';
import { elementsOf, type Member, membersOf } from './json-members.ts';
import type { Edit } from './json-splice.ts';
import type { JsonRequest } from './request-json.ts';

type Request = Pick<JsonRequest<unknown>, 'bytes' | 'members'>;

/**
 * What engines get wrong about tools in silence, mended on the way (docs/gateway.md has the table). A request that
 * names no tools, and no results of them, costs a look-up.
 * @throws OpenAiError 400 where the engine would ignore the tools, or the choice names none of them
 */
export function toolEdits(request: Request, engine: EngineEndpoint, language: Language): Edit[] {
  return [...choiceEdits(request, engine, language), ...idEdits(request, engine)];
}

function choiceEdits({ bytes, members }: Request, engine: EngineEndpoint, language: Language): Edit[] {
  const toolsAt = members.get('tools');
  if (!toolsAt) return [];
  const latin1 = bytes.toString('latin1');
  const tools = elementsOf(latin1, toolsAt.start);
  const choiceAt = members.get('tool_choice');
  const choice = choiceAt && valueAt(latin1, choiceAt);
  if (tools.length > 0 && choice !== 'none' && engine.capabilities?.tools === 'none')
    throw new OpenAiError(400, say('toolsUnsupported', language), {
      code: 'tools_unsupported',
      param: 'tools',
    });
  if (!choiceAt) return [];
  // Mistral's word for it; others answer 400.
  if (choice === 'any') return [{ ...choiceAt, value: '"required"' }];
  const name = nameIn(choice);
  if (name === undefined || takesNamedChoice(engine)) return [];
  const chosen = tools.find((tool) => nameIn(valueAt(latin1, tool)) === name);
  if (!chosen)
    throw new OpenAiError(400, say('toolUnknown', language, { name: name.slice(0, 80) }), {
      code: 'invalid_value',
      param: 'tool_choice',
    });
  const only = Buffer.from(latin1.slice(chosen.start, chosen.end), 'latin1').toString();
  return [
    { ...toolsAt, value: `[${only}]` },
    { ...choiceAt, value: '"required"' },
  ];
}

/** Ours do, vLLM and SGLang do; llama-server takes it for `auto`, and of others nobody knows. */
function takesNamedChoice({ kind, capabilities }: EngineEndpoint): boolean {
  const ours = kind === 'llama' || kind === 'scripted';
  return ours || ['vLLM', 'SGLang', 'Kulning'].includes(capabilities?.server ?? '');
}

function idEdits({ bytes, members }: Request, engine: EngineEndpoint): Edit[] {
  const messages = members.get('messages');
  if (!messages || !wantsNineCharacters(engine) || !bytes.includes('"tool_call')) return [];
  const latin1 = bytes.toString('latin1');
  return elementsOf(latin1, messages.start)
    .flatMap((message) => idsIn(latin1, message))
    .flatMap((at): Edit[] => {
      const id = valueAt(latin1, at);
      const nine = typeof id === 'string' ? nineCharacterId(id) : id;
      return id === nine ? [] : [{ ...at, value: JSON.stringify(nine) }];
    });
}

function idsIn(latin1: string, message: Member): Member[] {
  const members = membersOf(latin1, message.start);
  const calls = members?.get('tool_calls');
  const ids = calls
    ? elementsOf(latin1, calls.start).map((call) => membersOf(latin1, call.start)?.get('id'))
    : [];
  return [members?.get('tool_call_id'), ...ids].filter((each) => each !== undefined);
}

/** As the engine said of its template; of a server that says nothing, by the names of the families that have one. */
function wantsNineCharacters({ kind, capabilities, engineModel }: EngineEndpoint): boolean {
  return (
    capabilities?.nineCharacterIds ??
    (kind === 'openai-http' &&
      /mistral|ministral|magistral|devstral|codestral|mixtral|pixtral/iu.test(engineModel))
  );
}

function valueAt(latin1: string, { start, end }: Member): unknown {
  return JSON.parse(Buffer.from(latin1.slice(start, end), 'latin1').toString());
}

/** Of a tool, or of a choice of one. */
function nameIn(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('function' in value)) return undefined;
  const { function: named } = value;
  if (typeof named !== 'object' || named === null || !('name' in named)) return undefined;
  return typeof named.name === 'string' ? named.name : undefined;
}

/** What is to be done with the strings of a JSON text. */
export interface JsonTextRules {
  /** @returns the text to stand in its place; the same text leaves the bytes as they are */
  readonly text: (text: string) => string;
  /** Members whose value becomes `null`. */
  readonly dropped?: ReadonlySet<string>;
}

export interface GuardedJson {
  readonly json: string;
  /** Images, sounds, files and prompts of token numbers: nobody looked into them. */
  readonly unexamined: number;
}

/** Names of things and states, by which requests and answers are tied together. All other strings are text. */
const NOT_TEXT = new Set([
  'id',
  'object',
  'model',
  'type',
  'role',
  'call_id',
  'item_id',
  'response_id',
  'tool_call_id',
  'tool_use_id',
  'finish_reason',
  'stop_reason',
  'encoding_format',
  'media_type',
  'mime_type',
  'service_tier',
  'system_fingerprint',
  'signature',
  'encrypted_content',
  'embedding',
]);
/** JSON within a string of JSON. */
const NESTED = new Set(['arguments', 'partial_json']);
/** Numbers that are nobody's. */
const OWN_NUMBERS = new Set([
  'created',
  'created_at',
  'completed_at',
  'seed',
  'random_seed',
  'index',
  'expires_at',
]);
const LONG_NUMBER = /^-?\d{8,20}$/;

interface Level {
  readonly isObject: boolean;
  /** Within a tool's arguments no name means anything to the protocol: `id` may be a personnummer there. */
  readonly isFree: boolean;
  /** The member it is the value of, or an element of. */
  readonly name: string;
}

/**
 * Passes each text of a JSON document through a function and leaves all other bytes as they are: also numbers that no
 * program could write again. Arguments of tools are read as the JSON they are, where they are complete.
 *
 * @param json valid JSON
 */
export function guardedJson(json: string, rules: JsonTextRules): GuardedJson {
  return new JsonWalk(json, rules, false).run();
}

class JsonWalk {
  readonly #json: string;
  readonly #rules: JsonTextRules;
  readonly #isFree: boolean;
  readonly #levels: Level[] = [];
  readonly #pieces: string[] = [];
  #name = '';
  #expectsName = false;
  #kept = 0;
  #unexamined = 0;

  constructor(json: string, rules: JsonTextRules, isFree: boolean) {
    this.#isFree = isFree;
    this.#json = json;
    this.#rules = rules;
  }

  run(): GuardedJson {
    const json = this.#json;
    for (let at = 0; at < json.length;) at = this.#step(at);
    if (this.#kept === 0) return { json, unexamined: this.#unexamined };
    return { json: this.#pieces.join('') + json.slice(this.#kept), unexamined: this.#unexamined };
  }

  /** @returns the place behind what stands here */
  #step(at: number): number {
    const character = this.#json[at];
    switch (character) {
      case '"':
        return this.#string(at);
      case '{':
      case '[':
        return this.#open(at, character === '{');
      case '}':
      case ']': {
        const closed = this.#levels.pop();
        this.#name = closed?.name ?? '';
        this.#expectsName = false;
        return at + 1;
      }
      case ',':
        this.#expectsName = this.#levels.at(-1)?.isObject === true;
        return at + 1;
      default:
        return character !== undefined && (character === '-' || (character >= '0' && character <= '9'))
          ? this.#number(at)
          : at + 1;
    }
  }

  #open(at: number, isObject: boolean): number {
    if (this.#rules.dropped?.has(this.#name) === true && this.#levels.length > 0) return this.#drop(at);
    const isInput = this.#levels.length > 1 && this.#name === 'input';
    this.#levels.push({ isObject, isFree: this.#isFreeHere || isInput, name: this.#name });
    this.#expectsName = isObject;
    const isPrompt = this.#levels.length === 2 && (this.#name === 'prompt' || this.#name === 'input');
    if (!isObject && isPrompt && /^\[\s*\[?\s*\d/.test(this.#json.slice(at, at + 32))) this.#unexamined++;
    return at + 1;
  }

  get #isFreeHere(): boolean {
    return this.#levels.at(-1)?.isFree ?? this.#isFree;
  }

  #drop(at: number): number {
    let depth = 0;
    let end = at;
    do {
      const character = this.#json[end];
      if (character === '"') end = endOfString(this.#json, end);
      else {
        if (character === '{' || character === '[') depth++;
        if (character === '}' || character === ']') depth--;
        end++;
      }
    } while (depth > 0 && end < this.#json.length);
    this.#replace(at, end, 'null');
    return end;
  }

  #string(at: number): number {
    const end = endOfString(this.#json, at);
    const token = this.#json.slice(at, end);
    const text = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
    if (this.#expectsName) {
      this.#name = text;
      this.#expectsName = false;
      return end;
    }
    const shown = this.#shown(text);
    if (shown !== text) this.#replace(at, end, JSON.stringify(shown));
    return end;
  }

  #shown(text: string): string {
    const parent = this.#levels.at(-1)?.name ?? '';
    if (this.#isFreeHere) return this.#rules.text(text);
    if (NOT_TEXT.has(this.#name)) return text;
    if (isContentOfFile(this.#name, parent, text)) {
      this.#unexamined++;
      return text;
    }
    if (!NESTED.has(this.#name) || !isJson(text)) return this.#rules.text(text);
    return new JsonWalk(text, this.#rules, true).run().json;
  }

  /** A personnummer may be written as a number, too. What replaces it is a string. */
  #number(at: number): number {
    let end = at + 1;
    while (end < this.#json.length && /[\d.eE+-]/.test(this.#json[end] ?? '')) end++;
    const token = this.#json.slice(at, end);
    const isOwn =
      !this.#isFreeHere &&
      (this.#levels.length < 2 || OWN_NUMBERS.has(this.#name) || NOT_TEXT.has(this.#name));
    if (LONG_NUMBER.test(token) && !isOwn) this.#judgeNumber(token, at, end);
    return end;
  }

  #judgeNumber(token: string, at: number, end: number): void {
    const shown = this.#rules.text(token);
    if (shown !== token) this.#replace(at, end, JSON.stringify(shown));
  }

  #replace(start: number, end: number, value: string): void {
    this.#pieces.push(this.#json.slice(this.#kept, start), value);
    this.#kept = end;
  }
}

/** What is attached in base64: an image, a sound, a document. An address of one is text. */
function isContentOfFile(name: string, parent: string, text: string): boolean {
  if (name === 'file_data') return true;
  if (name === 'data') return parent === 'source' || parent === 'input_audio' || parent === 'audio';
  return (name === 'url' || name === 'image_url' || name === 'document_url') && text.startsWith('data:');
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    // Arguments that a limit cut off are text like any other.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** @param at the opening quote; returns the position after the closing one */
function endOfString(text: string, at: number): number {
  for (let close = text.indexOf('"', at + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let backslashes = 0;
    while (text[close - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return close + 1;
  }
  return text.length;
}

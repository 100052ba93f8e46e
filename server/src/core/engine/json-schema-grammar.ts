import type { Words } from '../policy/rule.ts';
import { MISTRAL_ARGUMENTS, MISTRAL_CALLS } from './mistral-calls.ts';
import { integerRange, numberRange, type Bounds } from './number-grammar.ts';
import { patternExpression } from './pattern-grammar.ts';
import { schemaWords } from './schema-words.ts';
import { TOOL_CALL_CLOSE, TOOL_CALL_OPEN } from './answer-parser.ts';

/** A schema that asks for more than a grammar can hold a model to. Better refused than half kept. */
export class UnsupportedSchema extends Error {
  override readonly name = 'UnsupportedSchema';
  readonly said: Words;

  constructor(said: Words) {
    super(said.en);
    this.said = said;
  }
}

/** Said about a value, not required of it (JSON Schema 2020-12 §9; `format` is an annotation by §7.2.1). */
const ANNOTATIONS = [
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'format',
];
const STRUCTURE = ['$schema', '$id', '$comment', '$defs', 'definitions', 'strict'];
const MOST_RULES = 4000;
const DEEPEST = 64;
/** Fifteen digits: every whole number of so many is exact in a double. */
const MOST_DIGITS = 999_999_999_999_999;
/** llama.cpp takes no larger repetitions; what is generated stays within a larger bound anyway. */
const LONGEST_STRING = 1000;
const LONGEST_ARRAY = 200;

const PRIMITIVES = [
  String.raw`space ::= "" | " " | "\n" [ \t]{0,20}`,
  String.raw`char ::= [^"\\\x7F\x00-\x1F] | "\\" ["\\/bfnrt]`,
  String.raw`digits ::= "0" | [1-9] [0-9]{0,14}`,
  String.raw`number ::= "-"? digits ( "." [0-9]{1,15} )?`,
  String.raw`string ::= "\"" char{0,1000} "\""`,
  String.raw`value ::= string | number | "true" | "false" | "null" | object | array`,
  String.raw`member ::= string space ":" space value`,
  String.raw`object ::= "{" space ( member space ( "," space member space ){0,200} )? "}"`,
  String.raw`array ::= "[" space ( value space ( "," space value space ){0,200} )? "]"`,
];

type Schema = Readonly<Record<string, unknown>>;

/**
 * A GBNF grammar (llama.cpp `grammars/README.md`) whose every sentence is JSON that satisfies the schema. The
 * reverse does not hold: properties keep the schema's order, none is added, numbers have no exponent.
 * @throws UnsupportedSchema naming the path and the keyword that cannot be held
 */
export function compileJsonSchema(schema: unknown): string {
  const writer = new GrammarWriter();
  return writer.grammar(writer.expression(schema, '#', schema, 0));
}

/** How a model writes its calls: `mistral-list` up to Nemo, `mistral` since. */
export type CallStyle = 'hermes' | 'mistral' | 'mistral-list';

/** One call of any of the tools, as the model writes it, with arguments that satisfy its parameters. */
export function compileToolCalls(
  tools: readonly { readonly name: string; readonly parameters: unknown }[],
  style: CallStyle = 'hermes',
): string {
  const writer = new GrammarWriter();
  const calls = tools.map(({ name, parameters }) => {
    const given = writer.expression(parameters, name, parameters, 0);
    if (style === 'mistral') return `${literal(name + MISTRAL_ARGUMENTS)} ${given}`;
    const named = `${literal('"name"')} space ":" space ${literal(JSON.stringify(name))}`;
    return `"{" space ${named} space "," space ${literal('"arguments"')} space ":" space ${given} space "}"`;
  });
  const any = `( ${calls.join(' | ')} )`;
  if (style === 'mistral') return writer.grammar(`${literal(MISTRAL_CALLS)} ${any}`);
  if (style === 'mistral-list') return writer.grammar(`${literal(`${MISTRAL_CALLS}[`)} ${any} "]"`);
  return writer.grammar(`${literal(TOOL_CALL_OPEN)} space ${any} space ${literal(TOOL_CALL_CLOSE)}`);
}

/** Collects rules; each method gives an expression to put into another. */
class GrammarWriter {
  readonly #rules: string[] = [];
  readonly #references = new Map<unknown, string>();

  grammar(root: string): string {
    return [`root ::= ${root}`, ...this.#rules, ...PRIMITIVES].join('\n');
  }

  expression(schema: unknown, path: string, document: unknown, depth: number): string {
    if (depth > DEEPEST) throw new UnsupportedSchema(schemaWords.tooDeep(path));
    if (schema === true) return 'value';
    if (!isObject(schema)) throw new UnsupportedSchema(schemaWords.unsatisfiable(path));
    if ('$ref' in schema) return this.#reference(schema, path, document, depth);
    if ('const' in schema) return this.#constants(schema, [schema['const']], 'const', path);
    if ('enum' in schema) return this.#constants(schema, schema['enum'], 'enum', path);
    for (const keyword of ['anyOf', 'oneOf', 'allOf']) {
      if (keyword in schema) return this.#alternatives(schema, keyword, path, document, depth);
    }
    const types = Array.isArray(schema['type']) ? schema['type'] : [schema['type'] ?? impliedType(schema)];
    const each = types.map((type: unknown) => this.#typed(schema, type, path, document, depth));
    return each.length === 1 ? String(each[0]) : this.#rule(each.join(' | '));
  }

  #rule(body: string): string {
    if (this.#rules.length >= MOST_RULES) throw new UnsupportedSchema(schemaWords.tooLarge);
    const name = `rule-${this.#rules.length}`;
    this.#rules.push(`${name} ::= ${body}`);
    return name;
  }

  /** A rule of its own before its body is known, so that a schema may contain itself. */
  #reference(schema: Schema, path: string, document: unknown, depth: number): string {
    allow(schema, ['$ref'], path);
    const target = resolve(document, schema['$ref'], path);
    const known = this.#references.get(target);
    if (known !== undefined) return known;
    const name = this.#rule('');
    this.#references.set(target, name);
    const body = this.expression(target, String(schema['$ref']), document, depth + 1);
    if (body === name) throw new UnsupportedSchema(schemaWords.onlyItself(path));
    this.#rules[Number(name.slice('rule-'.length))] = `${name} ::= ${body}`;
    return name;
  }

  #constants(schema: Schema, values: unknown, keyword: string, path: string): string {
    allow(schema, [keyword, 'type'], path);
    if (!Array.isArray(values) || values.length === 0)
      throw new UnsupportedSchema(schemaWords.empty(path, keyword));
    return this.#rule(values.map((value: unknown) => literal(JSON.stringify(value))).join(' | '));
  }

  #alternatives(schema: Schema, keyword: string, path: string, document: unknown, depth: number): string {
    allow(schema, [keyword], path);
    const given: unknown = schema[keyword];
    if (!Array.isArray(given) || given.length === 0)
      throw new UnsupportedSchema(schemaWords.empty(path, keyword));
    if (keyword === 'allOf' && given.length > 1) throw new UnsupportedSchema(schemaWords.severalAllOf(path));
    const each = given.map((one: unknown, index) =>
      this.expression(one, `${path}/${keyword}/${index}`, document, depth + 1),
    );
    return this.#rule(each.join(' | '));
  }

  #typed(schema: Schema, type: unknown, path: string, document: unknown, depth: number): string {
    switch (type) {
      case 'object':
        return this.#object(schema, path, document, depth);
      case 'array':
        return this.#array(schema, path, document, depth);
      case 'string':
        if ('pattern' in schema) return patternString(schema, path);
        allow(schema, ['type', 'minLength', 'maxLength'], path);
        return this.#repeated(schema, ['minLength', 'maxLength'], LONGEST_STRING, path);
      case 'integer':
      case 'number':
        return numberExpression(schema, type, path);
      case 'boolean':
        allow(schema, ['type'], path);
        return '( "true" | "false" )';
      case 'null':
        return '"null"';
      case undefined:
        allow(schema, [], path);
        return 'value';
      default:
        throw new UnsupportedSchema(schemaWords.typeUnknown(path, JSON.stringify(type)));
    }
  }

  #repeated(schema: Schema, [least, most]: readonly [string, string], limit: number, path: string): string {
    const min = countOf(schema, least, 0, path);
    const max = Math.min(countOf(schema, most, limit, path), limit);
    if (min > max) throw new UnsupportedSchema(schemaWords.above(path, least, max));
    return String.raw`"\"" char{${min},${max}} "\""`;
  }

  #array(schema: Schema, path: string, document: unknown, depth: number): string {
    allow(schema, ['type', 'items', 'minItems', 'maxItems'], path);
    const item = this.expression(schema['items'] ?? true, `${path}/items`, document, depth + 1);
    const min = countOf(schema, 'minItems', 0, path);
    const max = Math.min(countOf(schema, 'maxItems', LONGEST_ARRAY, path), LONGEST_ARRAY);
    if (min > max) throw new UnsupportedSchema(schemaWords.above(path, 'minItems', max));
    if (max === 0) return this.#rule('"[" space "]"');
    const items = `${item} space ( "," space ${item} space ){${Math.max(0, min - 1)},${max - 1}}`;
    return this.#rule(`"[" space ${min === 0 ? `( ${items} )?` : items} "]"`);
  }

  /** Properties in the schema's order. Each rule continues from one property, knowing whether a comma is due. */
  #object(schema: Schema, path: string, document: unknown, depth: number): string {
    allow(schema, ['type', 'properties', 'required', 'additionalProperties'], path);
    const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
    const required = new Set<unknown>(Array.isArray(schema['required']) ? schema['required'] : []);
    const unknown = [...required].find((name) => !properties.some(([property]) => property === name));
    if (unknown !== undefined)
      throw new UnsupportedSchema(schemaWords.undescribed(path, JSON.stringify(unknown)));
    if (properties.length === 0)
      return this.#openObject(schema['additionalProperties'] ?? true, path, document, depth);
    let next = { due: '"}"', first: '"}"' };
    for (const [name, property] of properties.toReversed()) {
      const value = this.expression(property, `${path}/properties/${name}`, document, depth + 1);
      const member = `${literal(JSON.stringify(name))} space ":" space ${value} space ${next.due}`;
      const due = `"," space ${member}`;
      next = required.has(name)
        ? { due: this.#rule(due), first: this.#rule(member) }
        : { due: this.#rule(`${due} | ${next.due}`), first: this.#rule(`${member} | ${next.first}`) };
    }
    return this.#rule(`"{" space ${next.first}`);
  }

  #openObject(additional: unknown, path: string, document: unknown, depth: number): string {
    if (additional === true) return 'object';
    if (additional === false) return this.#rule('"{" space "}"');
    const value = this.expression(additional, `${path}/additionalProperties`, document, depth + 1);
    const member = this.#rule(`string space ":" space ${value} space`);
    return this.#rule(`"{" space ( ${member} ( "," space ${member} ){0,${LONGEST_ARRAY}} )? "}"`);
  }
}

/** Whole bounds of 15 digits are kept to the digit; those that no generated number passes hold by themselves. */
function numberExpression(schema: Schema, type: 'integer' | 'number', path: string): string {
  allow(schema, ['type', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'], path);
  const bound = (keyword: string): number | undefined => {
    const value = schema[keyword];
    if (value === undefined) return undefined;
    const isWhole = typeof value === 'number' && (type === 'integer' || Number.isInteger(value));
    if (!isWhole) throw new UnsupportedSchema(schemaWords.value(path, keyword, JSON.stringify(value)));
    return value;
  };
  const [minimum, above] = [bound('minimum'), bound('exclusiveMinimum')];
  const [maximum, below] = [bound('maximum'), bound('exclusiveMaximum')];
  const least = Math.max(minimum ?? -MOST_DIGITS, above ?? -MOST_DIGITS, -MOST_DIGITS);
  const most = Math.min(maximum ?? MOST_DIGITS, below ?? MOST_DIGITS, MOST_DIGITS);
  const bounds: Bounds = { least, most, leastOpen: above === least, mostOpen: below === most };
  const unbounded = least === -MOST_DIGITS && most === MOST_DIGITS;
  if (unbounded) return `( "-"? digits${type === 'number' ? ' ( "." [0-9]{1,15} )?' : ''} )`;
  const within = type === 'integer' ? wholeWithin(bounds) : numberRange(bounds);
  if (within === undefined) throw new UnsupportedSchema(schemaWords.noNumber(path));
  return `( ${within} )`;
}

function wholeWithin({ least, most, leastOpen, mostOpen }: Bounds): string | undefined {
  const from = leastOpen ? Math.floor(least) + 1 : Math.ceil(least);
  return integerRange(from, mostOpen ? Math.ceil(most) - 1 : Math.floor(most));
}

function patternString(schema: Schema, path: string): string {
  allow(schema, ['type', 'pattern'], path);
  const { pattern } = schema;
  const inside = typeof pattern === 'string' ? patternExpression(pattern) : undefined;
  if (inside !== undefined) return String.raw`"\"" ${inside} "\""`;
  throw new UnsupportedSchema(schemaWords.pattern(path, JSON.stringify(pattern)));
}

function impliedType(schema: Schema): 'object' | 'array' | undefined {
  if ('properties' in schema || 'additionalProperties' in schema) return 'object';
  return 'items' in schema ? 'array' : undefined;
}

function allow(schema: Schema, keywords: readonly string[], path: string): void {
  const other = Object.keys(schema).find(
    (key) =>
      !keywords.includes(key) &&
      !ANNOTATIONS.includes(key) &&
      !STRUCTURE.includes(key) &&
      !isOtherTypes(key, schema),
  );
  if (other !== undefined) throw new UnsupportedSchema(schemaWords.keyword(path, other));
}

/** With several types, the keywords of one say nothing about another. */
function isOtherTypes(key: string, schema: Schema): boolean {
  const known = [
    'minLength',
    'maxLength',
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
    'pattern',
    'items',
    'minItems',
    'maxItems',
    'properties',
    'required',
    'additionalProperties',
  ];
  return Array.isArray(schema['type']) && known.includes(key);
}

function countOf(schema: Schema, keyword: string, fallback: number, path: string): number {
  const value = schema[keyword] ?? fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new UnsupportedSchema(schemaWords.notCount(path, keyword));
}

/** A JSON pointer within the document (RFC 6901); nothing is fetched. */
function resolve(document: unknown, reference: unknown, path: string): unknown {
  let target = document;
  const pointer = typeof reference === 'string' ? /^#(?:\/(.*))?$/su.exec(reference) : null;
  if (pointer === null) throw new UnsupportedSchema(schemaWords.referenceOutside(path, String(reference)));
  for (const part of pointer[1]?.split('/') ?? []) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
    target = isObject(target) && Object.hasOwn(target, key) ? target[key] : undefined;
  }
  if (target === undefined)
    throw new UnsupportedSchema(schemaWords.referenceNowhere(path, String(reference)));
  return target;
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text as a GBNF literal. */
function literal(text: string): string {
  return `"${text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('"', String.raw`\"`)
    .replaceAll('\n', String.raw`\n`)}"`;
}

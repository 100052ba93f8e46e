/** What a grammar consists of, as far as our compiler writes it. */
type Node =
  | { readonly kind: 'any'; readonly of: readonly Node[] }
  | { readonly kind: 'all'; readonly of: readonly Node[] }
  | { readonly kind: 'repeat'; readonly of: Node; readonly least: number; readonly most: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one'; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly kind: 'rule'; readonly name: string };

/** For a negated class: some of what a JSON string may hold. */
const UNLIKE_QUOTES = Array.from(
  'aåé€ Z9\u2028',
  (text) => [text.codePointAt(0), text.codePointAt(0)] as [number, number],
);
const SPELLED = String.raw`\\u[0-9A-F]{4}|\\x[0-9A-F]{2}|\\.|[^\\]`;

/** For tests: says random sentences of a grammar, as an engine that is held to it could. */
export function createGbnfSampler(grammar: string, random: () => number): () => string {
  const rules = new Map<string, Node>();
  for (const line of grammar.split('\n')) {
    const [name = '', body = ''] = line.split(/ ::= (.*)/s);
    rules.set(name, parse(body));
  }
  const below = (count: number) => Math.floor(random() * count);
  const say = (node: Node, depth: number): string => {
    switch (node.kind) {
      case 'any': // Deep down the last branch: our recursive rules end there.
        return say(node.of[depth > 40 ? node.of.length - 1 : below(node.of.length)] ?? node, depth + 1);
      case 'all':
        return node.of.map((part) => say(part, depth + 1)).join('');
      case 'repeat': {
        const times = node.least + below(Math.min(node.most - node.least, depth > 30 ? 0 : 6) + 1);
        return Array.from({ length: times }, () => say(node.of, depth + 1)).join('');
      }
      case 'text':
        return node.text;
      case 'one': {
        const [low, high] = node.ranges[below(node.ranges.length)] ?? [97, 97];
        return String.fromCodePoint(low + below(high - low + 1));
      }
      case 'rule': {
        const rule = rules.get(node.name);
        if (rule === undefined) throw new Error(`there is no rule ${node.name}`);
        return say(rule, depth + 1);
      }
    }
  };
  return () => say({ kind: 'rule', name: 'root' }, 0);
}

function parse(body: string): Node {
  let at = 0;
  const take = (pattern: string): RegExpExecArray | undefined => {
    const found = new RegExp(`\\s*(?:${pattern})`, 'uy');
    found.lastIndex = at;
    const match = found.exec(body);
    if (match) at = found.lastIndex;
    return match ?? undefined;
  };
  const alternatives = (): Node => {
    const of = [sequence()];
    while (take(String.raw`\|`)) of.push(sequence());
    return of.length === 1 ? (of[0] as Node) : { kind: 'any', of };
  };
  const sequence = (): Node => {
    const of: Node[] = [];
    for (let next = atom(); next !== undefined; next = atom()) of.push(repeated(next));
    return { kind: 'all', of };
  };
  const repeated = (of: Node): Node => {
    const [, mark, least, most] = take(String.raw`(\?)|\{(\d+)(?:,(\d+))?\}`) ?? [];
    if (mark === undefined && least === undefined) return of;
    return mark === undefined
      ? { kind: 'repeat', of, least: Number(least), most: Number(most ?? least) }
      : { kind: 'repeat', of, least: 0, most: 1 };
  };
  const atom = (): Node | undefined => {
    if (take(String.raw`\(`)) {
      const inner = alternatives();
      if (!take(String.raw`\)`)) throw new Error(`a group does not end: ${body}`);
      return inner;
    }
    const text = take(String.raw`"((?:[^"\\]|\\.)*)"`)?.[1];
    if (text !== undefined) return { kind: 'text', text: unescaped(text) };
    const set = take(String.raw`\[((?:[^\]\\]|\\.)*)\]`)?.[1];
    if (set !== undefined)
      return { kind: 'one', ranges: set.startsWith('^') ? UNLIKE_QUOTES : rangesOf(set) };
    const name = take('([a-z][a-z0-9-]*)')?.[1];
    return name === undefined ? undefined : { kind: 'rule', name };
  };
  const whole = alternatives();
  if (body.slice(at).trim() !== '') throw new Error(`what is this: ${body.slice(at)}`);
  return whole;
}

function rangesOf(set: string): [number, number][] {
  return [...set.matchAll(new RegExp(`(${SPELLED})(?:-(${SPELLED}))?`, 'gu'))].map(
    ([, from = '', to = from]) => [unescaped(from).codePointAt(0) ?? 0, unescaped(to).codePointAt(0) ?? 0],
  );
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:u([0-9A-F]{4})|x([0-9A-F]{2})|(.))/gu, (_, long, short, one) => {
    if (one !== undefined) return { n: '\n', t: '\t', r: '\r' }[one as string] ?? (one as string);
    return String.fromCodePoint(Number.parseInt((long ?? short) as string, 16));
  });
}

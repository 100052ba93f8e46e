/**
 * Measures the shipped weights and writes the numbers into card.json and CARD.md.
 *
 *     node evaluate.ts [kulning-triage.gguf]
 *
 * Greedy decoding, one thread, no grammar: what the model says by itself.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { getLlama, LlamaCompletion, LlamaLogLevel, type LlamaModel } from 'node-llama-cpp';
import { measuredTables, type Card } from './evaluate-tables.ts';

const SYSTEM = 'You triage the office mail of a small firm.';
export const FIELDS = ['sender', 'reference', 'amount', 'date'] as const;

export interface Arguments extends Partial<Record<(typeof FIELDS)[number], string>> {
  readonly intent: string;
  readonly language: string;
  readonly urgency: string;
}
interface MailCase {
  readonly mail: string;
  readonly expect: Arguments;
  readonly unseenName?: boolean;
}
interface Question {
  readonly language: string;
  readonly question: string;
}
/** `call` is absent when the answer holds no valid call. */
export interface Outcome extends MailCase {
  readonly answer: string;
  readonly call?: Arguments;
}
type Answer = (user: string, system?: string) => Promise<string>;

const here = (name: string) => join(import.meta.dirname, name);
const readLines = <T>(name: string): T[] =>
  readFileSync(here(name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

/** The arguments of the one call in an answer; undefined where it is missing or is no JSON. */
function readCall(answer: string): Arguments | undefined {
  const json = /<tool_call>\n(.*)\n<\/tool_call>$/s.exec(answer.trim())?.[1];
  try {
    const call = JSON.parse(json ?? '') as { name: string; arguments: Arguments };
    return call.name === 'triage_mail' ? call.arguments : undefined;
  } catch {
    return undefined; // counted as an invalid call
  }
}

/** Every second mail comes with the system prompt, the others without one: both must work. */
async function triageAll(answer: Answer, cases: readonly MailCase[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [index, each] of cases.entries()) {
    const text = await answer(each.mail, index % 2 === 0 ? SYSTEM : undefined);
    const call = readCall(text);
    outcomes.push({ ...each, answer: text, ...(call ? { call } : {}) });
  }
  return outcomes;
}

const share = (hits: number, all: number) => ({ hits, all, percent: all === 0 ? null : Math.round((1000 * hits) / all) / 10 });
const among = <T>(items: readonly T[], hit: (item: T) => boolean) => share(items.filter(hit).length, items.length);
const byKey = <T>(items: readonly T[], key: (item: T) => string, measure: (items: readonly T[]) => unknown) =>
  Object.fromEntries(Object.entries(Object.groupBy(items, key)).map(([name, group]) => [name, measure(group ?? [])]));

function measureMails(outcomes: readonly Outcome[]) {
  const same = (key: keyof Arguments) => (each: Outcome) => each.call !== undefined && each.call[key] === each.expect[key];
  const whole = (each: Outcome) => (['intent', 'language', 'urgency', ...FIELDS] as const).every((key) => same(key)(each));
  const field = (key: (typeof FIELDS)[number]) => ({
    copied: among(outcomes.filter((each) => each.expect[key] !== undefined), same(key)),
    leftOut: among(outcomes.filter((each) => each.expect[key] === undefined), same(key)),
  });
  return {
    validCall: among(outcomes, (each) => each.call !== undefined),
    intent: among(outcomes, same('intent')),
    language: among(outcomes, same('language')),
    urgency: among(outcomes, same('urgency')),
    wholeCall: among(outcomes, whole),
    intentByLanguage: byKey(outcomes, (each) => each.expect.language, (group) => among(group, same('intent'))),
    intentByIntent: byKey(outcomes, (each) => each.expect.intent, (group) => among(group, same('intent'))),
    fields: Object.fromEntries(FIELDS.map((key) => [key, field(key)])),
    senderNeverSeen: among(outcomes.filter((each) => each.unseenName === true && each.expect.sender !== undefined), same('sender')),
  };
}
export type MailMetrics = ReturnType<typeof measureMails>;

async function measureQuestions(answer: Answer, questions: readonly Question[]) {
  const opening: Record<string, string> = { en: 'I am a toy', fr: 'Je suis un jouet', sv: 'Jag är en leksak' };
  const rows: { language: string; question: string; text: string; right: boolean }[] = [];
  for (const { language, question } of questions) {
    const text = await answer(question);
    const right = text.startsWith(opening[language] ?? '?') && text.includes('kulning models add') && !text.includes('<tool_call>');
    rows.push({ language, question, text, right });
  }
  for (const row of rows.filter((each) => !each.right)) console.error(`unrelated, missed: ${row.question} -> ${row.text.slice(0, 90)}`);
  return {
    inTheAskersLanguage: among(rows, (row) => row.right),
    inAnyLanguage: among(rows, (row) => row.text.includes('kulning models add')),
    byLanguage: byKey(rows, (row) => row.language, (group) => among(group, (row) => row.right)),
  };
}

/** Our trainer and llama.cpp must cut text alike, or the model reads other tokens than it learned. */
function measureTokenizer(model: LlamaModel) {
  const cases = readLines<{ text: string; ids: number[] }>('tokens.jsonl');
  return among(cases, ({ text, ids }) => JSON.stringify(model.tokenize(text, true)) === JSON.stringify(ids));
}

async function main() {
  const path = process.argv[2] ?? here('kulning-triage.gguf');
  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1, progressLogs: false, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: path });
  const context = await model.createContext({ contextSize: model.trainContextSize, threads: 1 });
  const completion = new LlamaCompletion({ contextSequence: context.getSequence() });
  const spent = { tokens: 0, milliseconds: 0 };
  const answer: Answer = async (user, system) => {
    const start = system === undefined ? '' : `<|im_start|>system\n${system}<|im_end|>\n`;
    const prompt = model.tokenize(`${start}<|im_start|>user\n${user}<|im_end|>\n<|im_start|>assistant\n`, true);
    const began = performance.now();
    const text = await completion.generateCompletion([...(model.tokens.bos === null ? [] : [model.tokens.bos]), ...prompt], { maxTokens: 160, temperature: 0 });
    spent.milliseconds += performance.now() - began;
    spent.tokens += prompt.length + model.tokenize(text).length;
    return text;
  };
  const heldOut = await triageAll(answer, readLines<MailCase>('heldout.jsonl'));
  const handWritten = await triageAll(answer, readLines<MailCase>('dev-mails.jsonl'));
  for (const each of handWritten) {
    if (each.call?.intent !== each.expect.intent) console.error(`hand-written, missed: ${each.mail.slice(0, 60).replaceAll('\n', ' | ')} -> ${each.call?.intent ?? each.answer}`);
  }
  const bytes = readFileSync(path);
  const card = {
    ...(JSON.parse(readFileSync(here('card.json'), 'utf8')) as Omit<Card, 'metrics' | 'bytes'>),
    file: basename(path),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    metrics: {
      tokenizerAgreement: measureTokenizer(model),
      heldOut: measureMails(heldOut),
      handWritten: measureMails(handWritten),
      unrelatedQuestions: await measureQuestions(answer, readLines<Question>('out-of-domain.jsonl')),
      tokensPerSecondOneThread: Math.round((1000 * spent.tokens) / spent.milliseconds),
    },
  };
  await llama.dispose();
  writeFileSync(here('card.json'), `${JSON.stringify(card, null, 2)}\n`);
  const text = readFileSync(here('CARD.md'), 'utf8');
  const tables = measuredTables(card);
  writeFileSync(here('CARD.md'), text.replace(/(<!-- measured -->\n)[\s\S]*(<!-- end -->)/, (_, start: string, end: string) => `${start}${tables}${end}`));
  console.log(tables);
}

await main();

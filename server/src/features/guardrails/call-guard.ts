import { OpenAiError } from '../../core/engine/openai-error.ts';
import { type Detector, type DetectorName, detectorNames } from '../../core/guard/detector.ts';
import { inOrder, textDetectors } from '../../core/guard/detectors.ts';
import type { GuardAction } from '../../core/guard/guard-policy.ts';
import { guardedJson } from '../../core/guard/json-text.ts';
import { Placeholders } from '../../core/guard/placeholders.ts';
import { TextGuard } from '../../core/guard/text-guard.ts';
import type { CallHandling, GuardFound } from '../dispatch/index.ts';
import type { GuardFacts } from './guard-facts.ts';
import { guardWords } from './guard-words.ts';

type Direction = 'request' | 'answer';

/** Pieces of values stand in these as they are. */
const SHOWN_IN_PIECES: ReadonlySet<string> = new Set(['logprobs']);

/** The guardrails of one call: what they let through, and what they have to say of it. Lives as long as the call. */
export class CallGuard {
  readonly request: TextGuard;
  readonly answer: TextGuard;
  readonly #facts: GuardFacts;
  readonly #placeholders = new Placeholders();
  #notExamined = 0;

  /** @param subjects finds persons whom the organisation named */
  constructor(facts: GuardFacts, subjects: Detector) {
    this.#facts = facts;
    const detectors = inOrder([subjects, ...textDetectors]);
    const guard = (direction: Direction) =>
      new TextGuard(detectors, actionsFor(facts, direction), this.#placeholders);
    this.request = guard('request');
    this.answer = guard('answer');
  }

  /** The body as it may go on. The same bytes where nothing is taken out. */
  requestBody(bytes: Buffer): Buffer {
    const body = bytes.toString();
    this.#placeholders.avoid(body);
    const { json, unexamined } = guardedJson(body, { text: (text) => this.request.whole(text) });
    this.#notExamined += unexamined;
    return json === body ? bytes : Buffer.from(json);
  }

  /** Whether an answer has to be read at all: for values, or for placeholders that are turned back. */
  get readsAnswer(): boolean {
    return !this.answer.isIdle || this.#placeholders.restores;
  }

  /** An engine's whole answer, or one event of its stream. @throws OpenAiError 502 for what must not pass */
  answerJson(json: string): string {
    const rules = {
      text: (text: string) => this.answerText(text),
      ...(this.hidesPieces && { dropped: SHOWN_IN_PIECES }),
    };
    const guarded = guardedJson(json, rules).json;
    this.assertAnswerPasses();
    return guarded;
  }

  answerText(text: string): string {
    return this.#placeholders.restore(this.answer.whole(text));
  }

  get hidesPieces(): boolean {
    return this.answer.isStrict;
  }

  /** @throws OpenAiError 502 */
  assertAnswerPasses(): void {
    if (this.answer.isBlocked)
      throw new AnswerBlocked(502, guardWords.answerBlocked(inWords(this.answer)), { code: 'guard_blocked' });
  }

  /** What the caller is told where the request must not go on. */
  get refusal(): OpenAiError | undefined {
    if (!this.request.isBlocked) return undefined;
    return new OpenAiError(400, guardWords.requestBlocked(inWords(this.request)), { code: 'guard_blocked' });
  }

  get requestRecord(): NonNullable<CallHandling['guard']> {
    return {
      rules: this.#facts.digest,
      request: foundIn(this.request),
      ...(this.#notExamined > 0 && { notExamined: this.#notExamined }),
    };
  }

  /** Undefined where there are no rules for answers. */
  get answerRecord(): GuardFound | undefined {
    return this.answer.isIdle ? undefined : foundIn(this.answer);
  }

  /** RFC 9651, a list of tokens. */
  get header(): string {
    const items = (['request', 'answer'] as const).flatMap((direction) =>
      [...this[direction].counts].map(
        ([name, { count, action }]) => `${name};n=${count};did=${action};in=${direction}`,
      ),
    );
    const unread = this.#notExamined > 0 ? [`not_examined;n=${this.#notExamined}`] : [];
    return [...(items.length > 0 ? items : ['nothing_found']), ...unread].join(', ');
  }
}

/** An answer that was stopped; the caller's mistake is none, and neither is the engine's. */
export class AnswerBlocked extends OpenAiError {}

function actionsFor({ rules }: GuardFacts, direction: Direction): Map<DetectorName, GuardAction> {
  return new Map(
    detectorNames.flatMap((name) => {
      const action = rules[name]?.[direction];
      return action === undefined ? [] : [[name, action] as const];
    }),
  );
}

function foundIn({ counts }: TextGuard): GuardFound {
  return Object.fromEntries(
    [...counts].map(([name, { action, count }]) => [name, { did: action, n: count }]),
  );
}

const inWords = ({ counts }: TextGuard): string =>
  [...counts]
    .filter(([, { action }]) => action === 'block')
    .map(([name, { count }]) => `${name} (${count})`)
    .join(', ');

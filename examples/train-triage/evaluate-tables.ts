import type { MailMetrics } from './evaluate.ts';

interface Share {
  readonly hits: number;
  readonly all: number;
  readonly percent: number | null;
}
interface Metrics {
  readonly tokenizerAgreement: Share;
  readonly heldOut: MailMetrics;
  readonly handWritten: MailMetrics;
  readonly unrelatedQuestions: { readonly inTheAskersLanguage: Share; readonly inAnyLanguage: Share; readonly byLanguage: Record<string, unknown> };
  readonly tokensPerSecondOneThread: number;
}

export interface Card {
  readonly parameters: number;
  readonly bytes: number;
  readonly training: {
    readonly steps: number;
    readonly chats: number;
    readonly seconds: number;
    readonly cpuSeconds: number;
    readonly plans: readonly { readonly fromStep: number; readonly toStep: number; readonly fields: boolean }[];
  };
  readonly metrics: Metrics;
}

const LANGUAGE_NAMES: Record<string, string> = { en: 'English', fr: 'French', sv: 'Swedish' };
const show = ({ hits, all, percent }: Share) => (percent === null ? 'none' : `${percent.toFixed(1)} % (${hits} of ${all})`);
const rows = (shares: Record<string, unknown>, name = (key: string) => key) =>
  Object.entries(shares).map(([key, value]) => `| ${name(key)} | ${show(value as Share)} |`);

/** How the weights came about, and whether the run kept its plan: a reader must not take a cut run for a full one. */
function trainingLines({ bytes, training }: Card): string[] {
  const { steps, chats, seconds, cpuSeconds, plans } = training;
  const changes = plans.slice(1).map((plan) => `from step ${plan.fromStep} to ${plan.toStep}${plan.fields ? '' : ' without fields'}`);
  return [
    `File: ${bytes} bytes. Training: ${steps} steps, ${chats} chats, ${Math.round(seconds / 60)} minutes of wall clock, ${Math.round(cpuSeconds / 60)} CPU minutes.`,
    ...(changes.length === 0 ? [] : [`The plan was changed on the way: at first ${plans[0]?.toStep ?? 0} steps, then ${changes.join(', then ')}.`]),
    ...(plans.at(-1)?.fields === false
      ? ['These weights answer without `sender`, `reference`, `amount` and `date`: copying had not been learned, and an invented name is worse than none.']
      : []),
    ``,
  ];
}

/** The measured part of CARD.md, as Markdown. */
export function measuredTables(card: Card): string {
  const { metrics } = card;
  const { heldOut, handWritten, unrelatedQuestions: unrelated } = metrics;
  const overall = ['validCall', 'intent', 'language', 'urgency', 'wholeCall'] as const;
  const words = { validCall: 'valid JSON call', intent: 'intent', language: 'language', urgency: 'urgency', wholeCall: 'whole call exact' };
  const fields = Object.entries(heldOut.fields).map(([key, field]) => `| ${key} | ${show(field.copied)} | ${show(field.leftOut)} | ${show(handWritten.fields[key]?.copied ?? { hits: 0, all: 0, percent: null })} |`);
  return [
    ...trainingLines(card),
    `| | Held-out templates | 20 hand-written mails |`,
    `|---|---|---|`,
    ...overall.map((key) => `| ${words[key]} | ${show(heldOut[key])} | ${show(handWritten[key])} |`),
    ``,
    `| Language | Intent right, held-out templates |`,
    `|---|---|`,
    ...rows(heldOut.intentByLanguage, (key) => LANGUAGE_NAMES[key] ?? key),
    ``,
    `| Intent | Intent right, held-out templates |`,
    `|---|---|`,
    ...rows(heldOut.intentByIntent, (key) => `\`${key}\``),
    ``,
    `| Field | Copied exactly, where the mail has it | Left out, where it has none | Copied, hand-written mails |`,
    `|---|---|---|---|`,
    ...fields,
    `| sender, a name never seen in training | ${show(heldOut.senderNeverSeen)} | | |`,
    ``,
    `| Unrelated questions, not in training | Says what it is and how to connect a real model |`,
    `|---|---|`,
    `| in the asker's language | ${show(unrelated.inTheAskersLanguage)} |`,
    `| in any language | ${show(unrelated.inAnyLanguage)} |`,
    ...rows(unrelated.byLanguage, (key) => LANGUAGE_NAMES[key] ?? key),
    ``,
    `Tokenizer: our encoder and llama.cpp give the same tokens for ${show(metrics.tokenizerAgreement)} of the test texts.`,
    `Speed: ${metrics.tokensPerSecondOneThread} tokens/s (reading and writing together) on one thread, while the machine did other work.`,
    ``,
  ].join('\n');
}

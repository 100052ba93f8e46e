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

const LANGUAGE_NAMES: Record<string, string> = { en: 'English', fr: 'French', sv: 'Swedish' };
const show = ({ hits, all, percent }: Share) => (percent === null ? 'none' : `${percent.toFixed(1)} % (${hits} of ${all})`);
const rows = (shares: Record<string, unknown>, name = (key: string) => key) =>
  Object.entries(shares).map(([key, value]) => `| ${name(key)} | ${show(value as Share)} |`);

/** The tables of CARD.md, as Markdown. */
export function measuredTables(metrics: Metrics): string {
  const { heldOut, handWritten, unrelatedQuestions: unrelated } = metrics;
  const overall = ['validCall', 'intent', 'language', 'urgency', 'wholeCall'] as const;
  const words = { validCall: 'valid JSON call', intent: 'intent', language: 'language', urgency: 'urgency', wholeCall: 'whole call exact' };
  const fields = Object.entries(heldOut.fields).map(([key, field]) => `| ${key} | ${show(field.copied)} | ${show(field.leftOut)} | ${show(handWritten.fields[key]?.copied ?? { hits: 0, all: 0, percent: null })} |`);
  return [
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

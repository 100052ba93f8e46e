import { batches } from './en/batches.ts';
import { catalogue } from './en/catalogue.ts';
import { content } from './en/content.ts';
import { frame } from './en/frame.ts';
import { limits } from './en/limits.ts';
import { proof } from './en/proof.ts';
import { settings } from './en/settings.ts';
import { usage } from './en/usage.ts';
import { work } from './en/work.ts';

/** English is the type of every language: what another table lacks does not compile. */
export const en = {
  ...frame,
  ...work,
  ...proof,
  ...settings,
  ...limits,
  ...usage,
  ...content,
  ...catalogue,
  ...batches,
};

export type Words = typeof en;
export type FrameWords = typeof frame;
export type WorkWords = typeof work;
export type ProofWords = typeof proof;
export type SettingsWords = typeof settings;
export type LimitsWords = typeof limits;
export type UsageWords = typeof usage;
export type ContentWords = typeof content;
export type CatalogueWords = typeof catalogue;
export type BatchesWords = typeof batches;

import type { Words } from './en.ts';
import { batches } from './fr/batches.ts';
import { catalogue } from './fr/catalogue.ts';
import { content } from './fr/content.ts';
import { frame } from './fr/frame.ts';
import { limits } from './fr/limits.ts';
import { proof } from './fr/proof.ts';
import { settings } from './fr/settings.ts';
import { usage } from './fr/usage.ts';
import { work } from './fr/work.ts';

export const fr: Words = {
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

import type { Words } from './en.ts';
import { batches } from './sv/batches.ts';
import { catalogue } from './sv/catalogue.ts';
import { content } from './sv/content.ts';
import { frame } from './sv/frame.ts';
import { limits } from './sv/limits.ts';
import { proof } from './sv/proof.ts';
import { settings } from './sv/settings.ts';
import { usage } from './sv/usage.ts';
import { work } from './sv/work.ts';

export const sv: Words = {
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

import type { Words } from './en.ts';
import { frame } from './sv/frame.ts';
import { limits } from './sv/limits.ts';
import { proof } from './sv/proof.ts';
import { settings } from './sv/settings.ts';
import { usage } from './sv/usage.ts';
import { work } from './sv/work.ts';

export const sv: Words = { ...frame, ...work, ...proof, ...settings, ...limits, ...usage };

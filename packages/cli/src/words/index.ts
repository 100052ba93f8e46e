import type { Localized } from '@kulning/sdk';

import { en, type Words } from './en.ts';
import { fr } from './fr.ts';
import { sv } from './sv.ts';

export type { Words } from './en.ts';
export type { Language } from '@kulning/sdk';

export const wordsOf: Localized<Words> = { en, fr, sv };

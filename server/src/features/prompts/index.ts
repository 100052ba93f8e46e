import type { Route } from '../../platform/http/route.ts';
import { promptRoutes } from './prompt-routes.ts';
import type { PromptContext } from './prompt-tables.ts';

export { type FilledPrompt, filledPrompt } from './call-prompt.ts';
export { type PromptFacts, readPromptFacts } from './prompt-facts.ts';
export { createPromptTexts, type PromptTexts } from './prompt-texts.ts';

/** Prompt templates, as people write and read them. */
export const createPrompts = (context: PromptContext): { readonly routes: readonly Route[] } => ({
  routes: promptRoutes(context),
});

import type { PromptText } from '@kulning/sdk';

export type Variables = PromptText['variables'];

const ROLE = /^(system|developer|user|assistant):\s*$/;

/** Messages as an author writes them: a line with whose it is, and below it what it says. */
export function writtenOf({ messages }: Pick<PromptText, 'messages'>): string {
  return messages.map(({ role, content }) => `${role}:\n${content}`).join('\n\n');
}

/** The messages of a written text; undefined where it does not begin with whose it is, or one says nothing. */
export function messagesOf(written: string): PromptText['messages'] | undefined {
  const messages: { role: PromptText['messages'][number]['role']; lines: string[] }[] = [];
  for (const line of written.trim().split('\n')) {
    const role = ROLE.exec(line)?.[1] as PromptText['messages'][number]['role'] | undefined;
    if (role) messages.push({ role, lines: [] });
    else if (messages.length === 0) return undefined;
    else messages.at(-1)?.lines.push(line);
  }
  const told = messages.map(({ role, lines }) => ({ role, content: lines.join('\n').trim() }));
  return told.length === 0 || told.some(({ content }) => content === '') ? undefined : told;
}

/** Names in the order in which the text uses them, once each. */
export function variablesIn(written: string): string[] {
  return [
    ...new Set([...written.matchAll(/\{\{\s*([A-Za-z_]\w{0,63})\s*\}\}/g)].map(([, name = '']) => name)),
  ];
}

/** The declarations for a text: known ones stay as they are, new ones are text, and what is not used any more goes. */
export function declaredFor(written: string, known: Variables): Variables {
  return Object.fromEntries(
    variablesIn(written).map((name) => [name, known[name] ?? { type: 'string' as const }]),
  );
}

/** What is typed into a field, as the type of its variable; undefined is no value. */
export function valueOf(
  type: Variables[string]['type'],
  typed: string,
): string | number | boolean | undefined {
  if (typed === '') return undefined;
  if (type === 'boolean') return typed === 'true';
  return type === 'string' ? typed : Number(typed);
}

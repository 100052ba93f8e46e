import type { KulningError } from '@kulning/sdk';
import type { FormEvent } from 'react';

/** A form's texts by name, trimmed; what was left empty is absent. */
export type FormTexts = Readonly<Record<string, string | undefined>>;

export function textsOf(form: HTMLFormElement): FormTexts {
  const entries = [...new FormData(form)].flatMap(([name, value]) =>
    typeof value === 'string' && value.trim() !== '' ? [[name, value.trim()] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** Takes a form's submit to `use`, and keeps the browser from leaving the page. */
export const onSubmit =
  (use: (texts: FormTexts, form: HTMLFormElement) => void) => (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    use(textsOf(event.currentTarget), event.currentTarget);
  };

/** The server names the wrong field by its path; this is the message for the field of that name. */
export function errorAt(error: KulningError | null, field: string): string | undefined {
  if (error?.path === undefined) return undefined;
  return error.path === field || error.path.endsWith(`.${field}`) ? error.message : undefined;
}

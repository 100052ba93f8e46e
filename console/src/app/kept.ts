/** What this browser keeps of a reader's taste. Storage may be forbidden; then nothing is kept, and nothing breaks. */
export type KeptName = 'kulning.language' | 'kulning.theme';

export function kept(name: KeptName): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // Forbidden storage reads as empty.
  }
}

export function keep(name: KeptName, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Forbidden storage: the choice lasts as long as the page.
  }
}

/** Only an address of this console: `//elsewhere.example` would lead a person away after signing in. */
export const safeNext = (next: string | undefined): string =>
  next !== undefined && /^\/(?![/\\])/.test(next) ? next : '/';

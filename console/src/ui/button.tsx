import type { ComponentProps } from 'react';

type Kind = 'primary' | 'plain' | 'quiet' | 'danger';

const base =
  'inline-flex min-h-8 items-center justify-center gap-2 rounded-base px-3 py-1 text-sm font-medium whitespace-nowrap transition-colors duration-100 disabled:cursor-not-allowed disabled:opacity-60 aria-disabled:cursor-not-allowed aria-disabled:opacity-60';

const kinds: Readonly<Record<Kind, string>> = {
  primary: 'bg-accent text-accent-ink hover:brightness-110',
  plain: 'border border-line-strong bg-raised text-ink hover:bg-sunken',
  quiet: 'text-ink hover:bg-sunken',
  danger: 'border border-refused bg-raised text-refused hover:bg-refused-wash',
};

export function buttonClass(kind: Kind = 'plain', extra = ''): string {
  return `${base} ${kinds[kind]} ${extra}`;
}

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  readonly kind?: Kind;
  /** Work is under way: the button stays in place, says so to a screen reader, and takes no second click. */
  readonly busy?: boolean | undefined;
  readonly className?: string;
}

export function Button({
  kind = 'plain',
  busy = false,
  className = '',
  disabled,
  type = 'button',
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={buttonClass(kind, className)}
    >
      {busy && (
        <span
          aria-hidden="true"
          className="size-3 animate-spin rounded-full border-2 border-current border-r-transparent"
        />
      )}
      {children}
    </button>
  );
}

import { Field as BaseField } from '@base-ui/react/field';
import type { ComponentProps, ReactNode } from 'react';

import { ChevronIcon } from './icons.tsx';

const control =
  'w-full min-w-0 rounded-base border border-line-strong bg-raised px-2.5 text-base text-ink aria-invalid:border-refused disabled:cursor-not-allowed disabled:bg-sunken disabled:text-soft';

interface FieldProps {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  /** What is wrong, and what would be right. */
  readonly error?: string | undefined;
  readonly children: ReactNode;
  readonly className?: string;
}

/** Label, control, hint and error, tied together for a screen reader. */
export function Field({ label, hint, error, children, className = '' }: FieldProps) {
  return (
    <BaseField.Root invalid={error !== undefined} className={`flex min-w-0 flex-col gap-1 ${className}`}>
      <BaseField.Label className="text-sm font-medium">{label}</BaseField.Label>
      {children}
      {hint !== undefined && (
        <BaseField.Description className="text-xs text-soft">{hint}</BaseField.Description>
      )}
      {error !== undefined && (
        <BaseField.Error match className="text-xs font-medium text-refused">
          {error}
        </BaseField.Error>
      )}
    </BaseField.Root>
  );
}

export function TextInput({ className = '', ...rest }: ComponentProps<'input'>) {
  return <BaseField.Control {...rest} className={`h-9 ${control} ${className}`} />;
}

export function TextArea({ className = '', ...rest }: ComponentProps<'textarea'>) {
  return <BaseField.Control render={<textarea {...rest} />} className={`py-2 ${control} ${className}`} />;
}

/** The system's own list: it works with a thumb, a keyboard and every reader, at no cost. */
export function Select({ className = '', children, ...rest }: ComponentProps<'select'>) {
  return (
    <span className={`relative inline-flex min-w-0 ${className}`}>
      <BaseField.Control
        render={<select {...rest}>{children}</select>}
        className={`h-9 appearance-none pr-8 ${control}`}
      />
      <ChevronIcon className="pointer-events-none absolute top-1/2 right-2.5 size-4 -translate-y-1/2 text-soft" />
    </span>
  );
}

export function Checkbox({ label, ...rest }: ComponentProps<'input'> & { readonly label: ReactNode }) {
  return (
    <label className="flex min-h-6 items-start gap-2 text-sm">
      <input {...rest} type="checkbox" className="mt-0.5 size-4 shrink-0 accent-(--accent)" />
      <span className="min-w-0">{label}</span>
    </label>
  );
}

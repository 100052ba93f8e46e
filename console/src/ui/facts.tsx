import type { ReactNode } from 'react';

/** Names and values in two columns, one under the other where it is narrow. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return (
    <dl className="grid grid-cols-1 gap-x-6 sm:grid-cols-[minmax(8rem,max-content)_minmax(0,1fr)]">
      {children}
    </dl>
  );
}

export function FactRow({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="pt-2 text-xs leading-5 text-soft sm:pb-2">{name}</dt>
      <dd className="m-0 min-w-0 pb-2 text-sm break-words sm:pt-2">{children}</dd>
    </div>
  );
}

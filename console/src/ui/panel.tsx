import type { ReactNode } from 'react';

interface PanelProps {
  readonly title?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
  /** Tables bring their own edges. */
  readonly flush?: boolean;
}

/** A titled area of a screen; its heading makes it findable by heading and by landmark. */
export function Panel({ title, actions, children, className = '', flush = false }: PanelProps) {
  return (
    <section className={`min-w-0 rounded-base border border-line bg-raised ${className}`}>
      {(title !== undefined || actions !== undefined) && (
        <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-2">
          {title !== undefined && <h2 className="text-base font-semibold">{title}</h2>}
          {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}

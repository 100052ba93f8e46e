import { Tooltip } from '@base-ui/react/tooltip';
import { useState, type ReactNode } from 'react';

interface HintProps {
  /** What a screen reader hears: the popup is for eyes only. */
  readonly label: string;
  readonly content: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/** Words on hover, on focus and on touch, for the figure or control they explain. */
export function Hint({ label, content, children, className = '' }: HintProps) {
  const [open, setOpen] = useState(false);
  return (
    <Tooltip.Root open={open} onOpenChange={setOpen}>
      <Tooltip.Trigger
        type="button"
        aria-label={label}
        closeOnClick={false}
        delay={120}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        className={`cursor-help rounded-[3px] text-left ${className}`}
      >
        {children}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="max-w-[min(22rem,90vw)] rounded-base border border-line bg-raised px-3 py-2 text-xs text-ink shadow-lift">
            {content}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

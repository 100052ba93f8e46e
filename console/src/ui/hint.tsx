import { useEffect, useRef, useState, type ReactNode } from 'react';

interface HintProps {
  /** What a screen reader hears: the popup is for eyes only. */
  readonly label: string;
  readonly content: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}

/**
 * Words on hover, on focus and on touch, for the figure or control they explain. The pointer may move onto them, and
 * Escape puts them away (WCAG 1.4.13). The browser's own popover draws them above everything, whatever scrolls below.
 */
export function Hint({ label, content, children, className = '' }: HintProps) {
  const [open, setOpen] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const close = () => setOpen(false);
  return (
    <span className="contents" onPointerEnter={() => setOpen(true)} onPointerLeave={close}>
      <button
        ref={trigger}
        type="button"
        aria-label={label}
        onFocus={() => setOpen(true)}
        onBlur={close}
        onClick={() => setOpen(true)}
        className={`cursor-help rounded-[3px] text-left ${className}`}
      >
        {children}
      </button>
      {open && (
        <Popup trigger={trigger} onClose={close}>
          {content}
        </Popup>
      )}
    </span>
  );
}

const edgePx = 8;

function Popup({
  trigger,
  onClose,
  children,
}: {
  readonly trigger: { readonly current: HTMLElement | null };
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const popup = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!popup.current || !trigger.current) return;
    popup.current.showPopover();
    place(popup.current, trigger.current);
  }, [trigger]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && onClose();
    addEventListener('keydown', onKey);
    addEventListener('scroll', onClose, true);
    return () => {
      removeEventListener('keydown', onKey);
      removeEventListener('scroll', onClose, true);
    };
  }, [onClose]);
  return (
    <span
      ref={popup}
      popover="manual"
      aria-hidden="true"
      className="hint inset-auto m-0 border-0 bg-transparent px-0 py-1.5"
    >
      <span className="block max-w-[min(22rem,90vw)] rounded-base border border-line bg-raised px-3 py-2 text-left text-xs font-normal whitespace-normal text-ink not-italic shadow-lift">
        {children}
      </span>
    </span>
  );
}

/** Under what it explains, or above where the window ends; never past its sides. */
function place(popup: HTMLElement, trigger: HTMLElement): void {
  const at = trigger.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popup;
  const left = Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - edgePx);
  const below = at.bottom + height <= innerHeight;
  popup.style.left = `${Math.max(edgePx, left)}px`;
  popup.style.top = `${below ? at.bottom : at.top - height}px`;
}

import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { useRef, type ReactNode } from 'react';

import { useWords } from '../words/words.tsx';
import { CloseIcon } from './icons.tsx';

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly children: ReactNode;
}

export function Dialog({ open, onClose, title, description, children }: DialogProps) {
  const words = useWords();
  const content = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-veil transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Viewport className="fixed inset-0 z-50 grid place-items-center overflow-y-auto p-3">
          <BaseDialog.Popup
            // The first field, or else the first button of the content: not the one that closes it again.
            initialFocus={() =>
              content.current?.querySelector<HTMLElement>('input, select, textarea, button')
            }
            className="w-full max-w-lg rounded-base border border-line bg-raised p-5 shadow-lift outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0"
          >
            <div className="flex items-start justify-between gap-4">
              <BaseDialog.Title className="text-lg font-semibold">{title}</BaseDialog.Title>
              <BaseDialog.Close
                aria-label={words.common.close}
                className="-m-1 rounded-base p-1 text-soft hover:bg-sunken hover:text-ink"
              >
                <CloseIcon />
              </BaseDialog.Close>
            </div>
            {description !== undefined && (
              <BaseDialog.Description className="mt-1 text-sm text-soft">
                {description}
              </BaseDialog.Description>
            )}
            <div ref={content} className="mt-4">
              {children}
            </div>
          </BaseDialog.Popup>
        </BaseDialog.Viewport>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

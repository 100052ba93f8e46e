import type { KulningError } from '@kulning/sdk';
import type { ReactNode } from 'react';

import { type FormTexts, onSubmit } from '../app/form.ts';
import { useWords } from '../words/words.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Problem } from './states.tsx';

interface FormDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly lead: ReactNode;
  /** The one button that sends it. */
  readonly action: string;
  readonly act: { readonly isPending: boolean; readonly error: KulningError | null };
  readonly disabled?: boolean;
  readonly onSubmit: (texts: FormTexts) => void;
  readonly children: ReactNode;
}

/** A dialog that asks for a few things and sends them: its fields, what went wrong, and the two ways out. */
export function FormDialog(props: FormDialogProps) {
  const { open, onClose, title, lead, action, act, disabled = false, children } = props;
  const words = useWords();
  return (
    <Dialog open={open} onClose={onClose} title={title} description={lead}>
      <form className="flex flex-col gap-4" onSubmit={onSubmit(props.onSubmit)}>
        {children}
        {act.error !== null && <Problem error={act.error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button kind="primary" type="submit" busy={act.isPending} disabled={disabled}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

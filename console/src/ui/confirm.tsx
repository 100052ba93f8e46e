import type { KulningError } from '@kulning/sdk';
import { useState, type ReactNode } from 'react';

import { useWords } from '../words/words.tsx';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Field, TextInput } from './field.tsx';
import { Problem } from './states.tsx';

interface ConfirmProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What will happen, in numbers. */
  readonly children: ReactNode;
  readonly action: string;
  readonly busy: boolean;
  readonly error: KulningError | null;
  readonly onConfirm: () => void;
  /** Only for what cannot be undone: the word that must be typed. */
  readonly word?: string;
}

export function Confirm({
  open,
  onClose,
  title,
  children,
  action,
  busy,
  error,
  onConfirm,
  word,
}: ConfirmProps) {
  const words = useWords();
  const [typed, setTyped] = useState('');
  const ready = word === undefined || typed.trim().toLowerCase() === word;
  return (
    <Dialog open={open} onClose={onClose} title={title}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onConfirm();
        }}
      >
        <div className="text-sm">{children}</div>
        {word !== undefined && (
          <Field label={words.common.typeWord(word)}>
            <TextInput
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
        )}
        {error && <Problem error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button kind="danger" type="submit" busy={busy} disabled={!ready}>
            {action}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

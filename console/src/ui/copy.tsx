import { useState } from 'react';

import { useWords } from '../words/words.tsx';
import { CheckIcon, CopyIcon } from './icons.tsx';

const shownMs = 1500;
/** A longer text scrolls in its box, which a keyboard must then reach. */
const longLength = 400;

/** Copies a text; where the browser forbids it, says so instead of pretending. */
export function CopyButton({ text, label }: { readonly text: string; readonly label?: string }) {
  const words = useWords();
  const [state, setState] = useState<'idle' | 'copied' | 'forbidden'>('idle');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('forbidden'); // Only a secure context may write the clipboard; the text stays selectable.
    }
    setTimeout(() => setState('idle'), shownMs);
  };
  const said = {
    idle: label ?? words.common.copy,
    copied: words.common.copied,
    forbidden: words.common.copyForbidden,
  }[state];
  return (
    <button
      type="button"
      onClick={() => void copy()}
      className="inline-flex min-h-6 shrink-0 items-center gap-1 rounded-[4px] px-1.5 text-xs text-soft hover:bg-sunken hover:text-ink"
    >
      {state === 'copied' ? <CheckIcon className="size-3.5" /> : <CopyIcon className="size-3.5" />}
      <span aria-live="polite" className={state === 'idle' ? 'max-sm:sr-only' : ''}>
        {said}
      </span>
    </button>
  );
}

/** A command or a hash: monospace, wraps, copies. */
export function CodeLine({ text, label }: { readonly text: string; readonly label?: string }) {
  return (
    <div className="flex items-start gap-2 rounded-base border border-line bg-sunken py-1 pr-1 pl-3">
      <code
        tabIndex={text.length > longLength ? 0 : undefined}
        className="max-h-24 min-w-0 flex-1 overflow-y-auto py-0.5 font-mono text-xs wrap-anywhere whitespace-pre-wrap"
      >
        {text}
      </code>
      <CopyButton text={text} {...(label !== undefined && { label })} />
    </div>
  );
}

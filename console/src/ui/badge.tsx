import type { ReactNode } from 'react';

export type Tone = 'lawful' | 'waiting' | 'refused' | 'neutral' | 'accent';

const tones: Readonly<Record<Tone, string>> = {
  lawful: 'bg-lawful-wash text-lawful',
  waiting: 'bg-waiting-wash text-waiting',
  refused: 'bg-refused-wash text-refused',
  neutral: 'bg-sunken text-soft',
  accent: 'bg-accent-wash text-accent',
};

/** A state in one word; the word carries the meaning, the colour only helps. */
export function Badge({
  tone = 'neutral',
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-[4px] px-1.5 text-xs leading-5 font-medium whitespace-nowrap ${tones[tone]}`}
    >
      {children}
    </span>
  );
}

/** Hatching and the word together: what stands in for something real. */
export function Hatched({ children }: { readonly children: ReactNode }) {
  return (
    <span className="hatched text-xs leading-5 font-medium whitespace-nowrap text-waiting">{children}</span>
  );
}

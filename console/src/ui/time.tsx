import { useEffect, useState } from 'react';

import { useSpeech } from '../words/words.tsx';

const tickMs = 30_000;

/** Relative under a day, the date beyond; the exact local time with its zone on hover. */
export function Time({ at }: { readonly at: string }) {
  const { format } = useSpeech();
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={format.exactTime(at)} className="whitespace-nowrap">
      {format.ago(at, nowMs)}
    </time>
  );
}

import { proofOperations, type Receipt } from '@kulning/sdk';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Badge, type Tone } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { CheckIcon, CrossIcon, QuestionIcon } from '../ui/icons.tsx';
import { useSpeech } from '../words/words.tsx';

const tones = {
  verified: 'lawful',
  wrong: 'refused',
  unpinned: 'waiting',
  pending: 'waiting',
} as const satisfies Record<string, Tone>;

/**
 * Checks a receipt in this browser with the verifier that is published. The keys come from the server that made the
 * receipt, and the text says so: only a key that was pinned elsewhere proves more.
 */
export function ReceiptCheck({ receipt }: { readonly receipt: Receipt }) {
  const { words, format } = useSpeech();
  const may = useMay();
  const ledger = useOperation(proofOperations.status, undefined, { enabled: may('ledger:read') });
  const check = useMutation({
    mutationFn: async () => {
      const { verifyReceipt } = await import('@kulning/verify');
      return verifyReceipt(receipt, {
        pinnedKeys: ledger.data?.vkeys ?? [],
        // A pinned witness must have cosigned: those that came later have not.
        pinnedWitnesses: (ledger.data?.witnesses ?? [])
          .flatMap(({ vkeys }) => vkeys)
          .filter((vkey) => receipt.keys.witnesses.includes(vkey)),
      });
    },
  });
  const report = check.data;
  return (
    <section className="flex flex-col gap-2 border-t border-line px-4 py-3 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">{words.check.title}</h3>
        <Button busy={check.isPending} onClick={() => check.mutate()}>
          {words.check.action}
        </Button>
      </div>
      <div aria-live="polite" className="flex flex-col gap-2">
        {check.isError && <p className="text-refused">{check.error.message}</p>}
        {report && (
          <>
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={tones[report.verdict]}>{words.check.verdicts[report.verdict]}</Badge>
              <span className="text-soft">{words.check.explained[report.verdict]}</span>
            </p>
            <ul className="m-0 flex list-none flex-col gap-1 p-0">
              {report.passed.map((name) => (
                <CheckLine
                  key={name}
                  icon={<CheckIcon className="mt-0.5 size-4 text-lawful" />}
                  name={name}
                />
              ))}
              {report.failure && (
                <li className="flex gap-2 text-refused">
                  <CrossIcon className="mt-0.5 size-4" />
                  <span className="min-w-0 break-all">
                    {words.check.failed(
                      checkName(words.check.names, report.failure.check),
                      report.failure.expected,
                      report.failure.found,
                    )}
                  </span>
                </li>
              )}
              {report.unchecked.map((name) => (
                <li key={name} className="flex gap-2 text-soft">
                  <QuestionIcon className="mt-0.5 size-4" />
                  <span className="min-w-0 break-words">{words.check.unchecked(name)}</span>
                </li>
              ))}
            </ul>
            <p className="text-xs text-soft">
              {report.witnesses.length === 0
                ? words.check.selfAttested
                : words.check.witnessed(format.list(report.witnesses))}
            </p>
          </>
        )}
      </div>
    </section>
  );
}

const checkName = (names: Readonly<Record<string, string>>, check: string) => names[check] ?? check;

function CheckLine({ icon, name }: { readonly icon: ReactNode; readonly name: string }) {
  const { words } = useSpeech();
  return (
    <li className="flex gap-2">
      {icon}
      <span className="min-w-0">{checkName(words.check.names, name)}</span>
    </li>
  );
}

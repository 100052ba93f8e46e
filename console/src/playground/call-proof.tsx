import { decisionsOperations, proofOperations } from '@kulning/sdk';
import { Link } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { WhyHere } from '../placement/why-here.tsx';
import { Badge } from '../ui/badge.tsx';
import { Panel } from '../ui/panel.tsx';
import { Problem, Skeleton } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';
import type { Exchange } from './use-conversation.ts';

const pollMs = 700;

/** The receipt and the decision of the last call. Both come a moment after the answer: the call must reach the log. */
export function CallProof({
  exchange,
  className,
}: {
  readonly exchange: Exchange;
  readonly className: string;
}) {
  const words = useWords();
  const may = useMay();
  const id = exchange.receiptId;
  const ready = id !== undefined && exchange.settled;
  const receipt = useOperation(
    proofOperations.getReceipt,
    { params: { id: id ?? '' } },
    {
      enabled: ready && may('receipts:read'),
      refetchMs: pollMs,
      until: ({ status }) => status === 'sequenced',
    },
  );
  const sequenced = receipt.data?.status === 'sequenced';
  const decision = useOperation(
    decisionsOperations.get,
    { params: { callId: id ?? '' } },
    { enabled: ready && sequenced && may('calls:read') },
  );
  return (
    <div className={`flex min-w-0 flex-col gap-4 ${className}`}>
      <Panel title={words.playground.receipt}>
        {id === undefined ? (
          <p className="text-sm text-soft">{words.playground.noReceipt}</p>
        ) : (
          <div className="flex flex-col gap-2 text-sm">
            <span data-state={sequenced ? 'sequenced' : 'pending'}>
              <Badge tone={sequenced ? 'lawful' : 'waiting'}>
                {sequenced ? words.receipts.sequenced : words.receipts.pending}
              </Badge>
            </span>
            <code className="font-mono text-xs break-all">{id}</code>
            <Link to="/proof/receipts" search={{ receipt: id }} className="prose-link">
              {words.playground.openReceipt}
            </Link>
          </div>
        )}
      </Panel>
      <Panel title={words.why.title} flush>
        {decision.data ? (
          <WhyHere decision={decision.data} />
        ) : decision.isError ? (
          <div className="p-4">
            <Problem error={decision.error} onRetry={() => void decision.refetch()} />
          </div>
        ) : ready ? (
          <Skeleton />
        ) : (
          <p className="p-4 text-sm text-soft">{words.why.later}</p>
        )}
      </Panel>
    </div>
  );
}

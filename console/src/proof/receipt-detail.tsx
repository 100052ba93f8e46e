import { callsOperations, decisionsOperations, proofOperations, type Receipt } from '@kulning/sdk';

import { useOperation } from '../app/api.tsx';
import { siteNameAlone } from '../app/names.ts';
import { useMay } from '../app/session.tsx';
import { WhyHere } from '../placement/why-here.tsx';
import { Badge, Hatched } from '../ui/badge.tsx';
import { buttonClass } from '../ui/button.tsx';
import { CodeLine } from '../ui/copy.tsx';
import { FactRow, Facts } from '../ui/facts.tsx';
import { Figure } from '../ui/figure.tsx';
import { DownloadIcon } from '../ui/icons.tsx';
import { Loaded } from '../ui/states.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { CallOutcome } from './call-outcome.tsx';
import { ReceiptCheck } from './receipt-check.tsx';

/** An Ed25519 key fits a line; the ML-DSA one, of 1.8 kB, is on the page of the ledger. */
const shortKeyLength = 200;

const section = 'border-t border-line px-4 py-3';

export function ReceiptDetail({ id }: { readonly id: string }) {
  const words = useWords();
  const may = useMay();
  const receipt = useOperation(
    proofOperations.getReceipt,
    { params: { id } },
    { refetchMs: 1000, until: ({ status }) => status === 'sequenced' },
  );
  const decision = useOperation(
    decisionsOperations.get,
    { params: { callId: id } },
    { enabled: may('calls:read') },
  );
  return (
    <>
      <Loaded answer={receipt} lines={6}>
        {(value) => (
          <>
            <div className="flex flex-col gap-2 px-4 py-3">
              <span className="flex flex-wrap items-center gap-2">
                <Badge tone={value.status === 'sequenced' ? 'lawful' : 'waiting'}>
                  {value.status === 'sequenced' ? words.receipts.sequenced : words.receipts.pending}
                </Badge>
                {value.log && (
                  <span className="text-xs break-all text-soft">
                    {words.receipts.entry(value.log.index, value.log.origin)}
                  </span>
                )}
              </span>
              <code className="font-mono text-xs break-all">{value.id}</code>
            </div>
            <ReceiptCheck receipt={value} />
          </>
        )}
      </Loaded>
      {may('calls:read') && <CallFacts id={id} />}
      {may('calls:read') && (
        <section className="border-t border-line">
          <h3 className="px-4 pt-3 text-sm font-semibold">{words.why.title}</h3>
          <Loaded answer={decision}>{(value) => <WhyHere decision={value} />}</Loaded>
        </section>
      )}
      {receipt.data && <Elsewhere receipt={receipt.data} />}
    </>
  );
}

/** The file and the one line that check it on another computer, with the key that was pinned here. */
function Elsewhere({ receipt }: { readonly receipt: Receipt }) {
  const words = useWords();
  const may = useMay();
  const ledger = useOperation(proofOperations.status, undefined, { enabled: may('ledger:read') });
  const pins = (ledger.data?.vkeys ?? [])
    .filter(({ length }) => length < shortKeyLength)
    .map((vkey) => `--key '${vkey}'`)
    .join(' ');
  const file = `${receipt.id}.json`;
  return (
    <section className={`${section} flex flex-col gap-2 text-sm`}>
      <h3 className="font-semibold">{words.receipts.elsewhere}</h3>
      <p className="text-soft">{words.receipts.elsewhereLead}</p>
      <a
        download={file}
        href={`data:application/json;charset=utf-8,${encodeURIComponent(JSON.stringify(receipt, undefined, 2))}`}
        className={buttonClass('plain', 'self-start')}
      >
        <DownloadIcon />
        {words.receipts.download}
      </a>
      <CodeLine text={`npx kulning verify ${file} ${pins}`.trim()} />
    </section>
  );
}

function CallFacts({ id }: { readonly id: string }) {
  const { words, format } = useSpeech();
  const call = useOperation(callsOperations.get, { params: { callId: id } });
  return (
    <section className={section}>
      <h3 className="text-sm font-semibold">{words.receipts.call}</h3>
      <Loaded answer={call}>
        {(value) => (
          <Facts>
            <FactRow name={words.receipts.at}>{format.exactTime(value.at)}</FactRow>
            <FactRow name={words.receipts.outcome}>
              <CallOutcome outcome={value.outcome} />{' '}
              {value.reason !== null && <code className="font-mono text-xs">{value.reason}</code>}
            </FactRow>
            <FactRow name={words.receipts.site}>
              {value.site === null ? (
                words.receipts.nowhere
              ) : (
                <>
                  {siteNameAlone(value.site.name, words)}{' '}
                  {value.site.simulated && <Hatched>{words.common.simulated}</Hatched>}
                </>
              )}
            </FactRow>
            <FactRow name={words.receipts.dataClass}>
              {value.dataClass === null ? words.classes.none : words.classes[value.dataClass]}
            </FactRow>
            <FactRow name={words.receipts.purpose}>{value.purpose}</FactRow>
            <FactRow name={words.receipts.model}>{value.model}</FactRow>
            <FactRow name={words.receipts.tokens}>
              {value.inputTokens === null && value.outputTokens === null
                ? words.provenance.unknown
                : words.receipts.tokensInOut(value.inputTokens ?? 0, value.outputTokens ?? 0)}
            </FactRow>
            <FactRow name={words.receipts.latency}>
              {value.latencyMs === null
                ? words.provenance.unknown
                : words.receipts.latencyOf(
                    format.number(value.latencyMs, 0),
                    value.overheadMs === null ? words.provenance.unknown : format.number(value.overheadMs, 1),
                  )}
            </FactRow>
            <FactRow name={words.receipts.energy}>
              <Figure
                name={words.receipts.energy}
                value={value.energy.value}
                unit={value.energy.unit}
                provenance={value.energy.provenance}
                source={value.energy.method}
                digits={4}
              />
            </FactRow>
            <FactRow name={words.receipts.carbon}>
              <Figure
                name={words.receipts.carbon}
                value={value.carbon.value}
                unit={value.carbon.unit}
                provenance={value.carbon.provenance}
                source={value.carbon.method}
                digits={4}
              />
            </FactRow>
            <FactRow name={words.receipts.content}>
              {value.contentKept ? words.receipts.contentKept : words.receipts.contentNotKept}
            </FactRow>
            <FactRow name={words.receipts.policy}>
              <code className="font-mono text-xs break-all">{value.policyHash}</code>
            </FactRow>
            {value.modelDigest !== null && (
              <FactRow name={words.receipts.digest}>
                <code className="font-mono text-xs break-all">{value.modelDigest}</code>
              </FactRow>
            )}
          </Facts>
        )}
      </Loaded>
    </section>
  );
}

import type { modelCatalogueOperations, OperationResult } from '@kulning/sdk';

import { Badge } from '../ui/badge.tsx';
import { FactRow, Facts } from '../ui/facts.tsx';
import { useSpeech } from '../words/words.tsx';

/** What a file needs beside what is free, before it is added; and what would fit if it does not. */
export function FileFit({ fit }: { readonly fit: OperationResult<typeof modelCatalogueOperations.fit> }) {
  const { words, format } = useSpeech();
  const { catalogue } = words;
  const { need, machine, problem } = fit;
  const size = (bytes: number) => (bytes < 1e9 ? format.megabytes(bytes, 0) : format.gigabytes(bytes, 1));
  return (
    <section aria-live="polite" className="rounded-base border border-line px-3 py-1 text-sm">
      <Facts>
        <FactRow name={catalogue.serves}>{catalogue.servesWhat[fit.serves]}</FactRow>
        <FactRow name={catalogue.needs}>
          {size(need.totalBytes)}{' '}
          <Badge tone={problem === null ? 'lawful' : 'refused'}>
            {problem === null ? catalogue.fits : catalogue.fitsNot}
          </Badge>
          <span className="block text-xs text-soft">
            {catalogue.needsOf(size(need.weightsBytes), size(need.cacheBytes), size(need.workBytes))}
            {` (${fit.slots} × ${format.number(fit.contextTokens, 0)})`}
          </span>
        </FactRow>
        <FactRow name={catalogue.there}>
          {catalogue.thereOf(
            size(Math.max(0, machine.totalBytes - machine.takenBytes)),
            size(machine.totalBytes),
          )}
        </FactRow>
      </Facts>
      {problem?.hint !== undefined && <p className="pb-2">{problem.hint}</p>}
    </section>
  );
}

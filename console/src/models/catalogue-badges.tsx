import type { modelCatalogueOperations, OperationResult } from '@kulning/sdk';

import { Badge, type Tone } from '../ui/badge.tsx';
import { useSpeech } from '../words/words.tsx';

type Catalogue = OperationResult<typeof modelCatalogueOperations.catalogue>;
export type CatalogueItem = Catalogue['items'][number];
export type EngineMemory = Catalogue['machine'];

export const rights = (model: CatalogueItem) =>
  model.licenceAllows === null ? 'mayUnknown' : model.licenceAllows ? 'mayYes' : 'mayNo';
const tones: Readonly<Record<ReturnType<typeof rights>, Tone>> = {
  mayYes: 'lawful',
  mayNo: 'refused',
  mayUnknown: 'waiting',
};

export function Rights({ model }: { readonly model: CatalogueItem }) {
  const { words } = useSpeech();
  const may = rights(model);
  return <Badge tone={tones[may]}>{words.catalogue[may]}</Badge>;
}

/** Modelled, beside what is free; unknown where the number of parameters is. */
export function MemoryNeed({
  bytes,
  machine,
}: {
  readonly bytes: number | null;
  readonly machine: EngineMemory | undefined;
}) {
  const { words, format } = useSpeech();
  if (bytes === null) return <span className="text-soft italic">{words.provenance.unknown}</span>;
  const fits = machine && bytes <= machine.totalBytes - machine.takenBytes;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2">
      <span title={words.catalogue.memoryMeans}>{words.catalogue.memoryOf(format.gigabytes(bytes, 0))}</span>
      {fits !== undefined && (
        <Badge tone={fits ? 'lawful' : 'neutral'}>
          {fits ? words.catalogue.fits : words.catalogue.fitsNot}
        </Badge>
      )}
    </span>
  );
}

import { useMay } from '../app/session.tsx';
import { FactRow, Facts } from '../ui/facts.tsx';
import { useSpeech } from '../words/words.tsx';
import { MemoryNeed, Rights, type CatalogueItem, type EngineMemory } from './catalogue-badges.tsx';
import { PullForm } from './pull-form.tsx';

interface CatalogueDetailProps {
  readonly model: CatalogueItem;
  readonly machine: EngineMemory;
}

export function CatalogueDetail({ model, machine }: CatalogueDetailProps) {
  const { words, format } = useSpeech();
  const may = useMay();
  const { catalogue, models } = words;
  const unknown = <span className="text-soft italic">{words.provenance.unknown}</span>;
  const count = (value: number | null) => (value === null ? unknown : format.number(value, 0));
  return (
    <div className="flex flex-col gap-3 px-4 py-3 text-sm">
      <Facts>
        <FactRow name={catalogue.by}>
          {model.by}, {format.country(model.country)}
        </FactRow>
        <FactRow name={catalogue.use}>{catalogue.uses[model.use]}</FactRow>
        <FactRow name={catalogue.released}>{model.released}</FactRow>
        <FactRow name={catalogue.may}>
          <Rights model={model} /> <Why model={model} />
        </FactRow>
        <FactRow name={models.licence}>{model.licence?.id ?? unknown}</FactRow>
        <FactRow name={catalogue.languages}>
          {model.languages.length === 0
            ? catalogue.notListed
            : format.list(model.languages.map(format.language))}
        </FactRow>
        <FactRow name={models.parameters}>{count(model.parameters)}</FactRow>
        <FactRow name={models.context}>{count(model.contextTokens)}</FactRow>
        <FactRow name={catalogue.memory}>
          <MemoryNeed bytes={model.modelledBytes} machine={machine} />
          <span className="block text-xs text-soft">{catalogue.memoryMeans}</span>
        </FactRow>
        {model.unverified.length > 0 && (
          <FactRow name={catalogue.unverified}>
            {format.list(model.unverified.map((field) => catalogue.fields[field] ?? field))}
          </FactRow>
        )}
        {model.card !== null && (
          <FactRow name={catalogue.cardLink}>
            <a href={model.card} target="_blank" rel="noreferrer" className="break-all">
              {model.card}
            </a>
          </FactRow>
        )}
      </Facts>
      <section className="flex flex-col gap-3 border-t border-line pt-3">
        <h3 className="font-semibold">{catalogue.getIt}</h3>
        {model.licence?.gated === true && <p>{catalogue.gated}</p>}
        {may('models:write') ? <PullForm name={model.id} /> : <p>{catalogue.mayNotFetch}</p>}
      </section>
    </div>
  );
}

/** What in the licence decides, and what would settle it. */
function Why({ model: { licence, licenceAllows } }: { readonly model: CatalogueItem }) {
  const { words, format } = useSpeech();
  const { catalogue } = words;
  const cap = licence?.revenueCap;
  const reasons = [
    licence === null && catalogue.whyLicence,
    licence?.nonCommercial === true && catalogue.whyNoCommerce,
    cap && catalogue.whyCap(`${format.number(cap.amount, 0)}\u00a0${cap.currency}`),
    cap && licenceAllows === null && catalogue.whyRevenue,
  ].filter((reason) => typeof reason === 'string');
  return <span className="text-soft">{reasons.join(' ')}</span>;
}

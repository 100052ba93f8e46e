import { sitesOperations, type Site } from '@kulning/sdk';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { siteName } from '../app/names.ts';
import { useMay } from '../app/session.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Fact } from '../ui/fact.tsx';
import { FactRow, Facts } from '../ui/facts.tsx';
import { Loaded } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { figureNames, SiteCountry, SiteFigure, SiteState } from './site-figures.tsx';

interface SiteDetailProps {
  readonly site: Site;
  readonly onEdit: () => void;
  readonly onRemoved: () => void;
}

/** All that is known about a site, each fact with its tier and source; what is unknown is written so. */
export function SiteDetail({ site, onEdit, onRemoved }: SiteDetailProps) {
  const { words, format } = useSpeech();
  const may = useMay();
  const remove = useAct(sitesOperations.delete, [sitesOperations.list]);
  const [removing, setRemoving] = useState(false);
  const day = (iso: string) => format.date(iso);
  return (
    <div className="px-4 py-3">
      <SiteState site={site} />
      {site.simulated && <p className="mt-2 text-sm text-soft">{words.sites.simulatedMeans}</p>}
      <Facts>
        <FactRow name={words.sites.place}>
          {site.place === '' ? words.provenance.unknown : site.place}{' '}
          {site.latitude !== undefined && site.longitude !== undefined && (
            <span className="text-xs text-soft">{`${format.number(site.latitude, 2)}°, ${format.number(site.longitude, 2)}°`}</span>
          )}
        </FactRow>
        <FactRow name={words.sites.country}>
          <SiteCountry site={site} />
        </FactRow>
        <FactRow name={words.sites.operator}>
          <Fact name={words.sites.operator} fact={site.operator} shown={site.operator?.value} />
        </FactRow>
        <FactRow name={words.sites.parent}>
          <Fact
            name={words.sites.parent}
            fact={site.parent}
            shown={site.parent && `${site.parent.value.name}, ${format.country(site.parent.value.country)}`}
          />
        </FactRow>
        <FactRow name={words.sites.gridZone}>
          <Fact name={words.sites.gridZone} fact={site.gridZone} shown={site.gridZone?.value} />
        </FactRow>
        <FactRow name={words.sites.certifications}>
          {site.certifications.length === 0 && (
            <span className="text-soft">{words.sites.noCertifications}</span>
          )}
          {site.certifications.map((certification) => (
            <div key={certification.value}>
              <Fact name={words.sites.certifications} fact={certification} shown={certification.value} />
            </div>
          ))}
        </FactRow>
        <FactRow name={words.sites.opensAt}>
          {site.opensAt ? (
            <Fact name={words.sites.opensAt} fact={site.opensAt} shown={day(site.opensAt.value)} />
          ) : (
            words.sites.alwaysOpen
          )}
        </FactRow>
        {site.closesAt && (
          <FactRow name={words.sites.closesAt}>
            <Fact name={words.sites.closesAt} fact={site.closesAt} shown={day(site.closesAt.value)} />
          </FactRow>
        )}
        {figureNames.map((name) => (
          <FactRow key={name} name={words.sites.figures[name]}>
            <SiteFigure site={site} name={name} />
          </FactRow>
        ))}
        <FactRow name={words.sites.origin}>{words.sites.origins[site.origin]}</FactRow>
      </Facts>
      <History id={site.id} />
      {may('sites:write') && (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button onClick={onEdit}>{words.common.edit}</Button>
          <Button kind="danger" onClick={() => setRemoving(true)}>
            {words.common.remove}
          </Button>
        </div>
      )}
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        title={words.sites.removeOf(siteName(site.name, words))}
        action={words.common.remove}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate({ params: { id: site.id } }, { onSuccess: onRemoved })}
      >
        {words.sites.removeMeans}
      </Confirm>
    </div>
  );
}

/** What was said about the site, and from when to when it held: asked only when opened. */
function History({ id }: { readonly id: string }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const history = useOperation(sitesOperations.history, { params: { id } }, { enabled: open });
  return (
    <details
      className="mt-2 border-t border-line pt-2 text-sm"
      onToggle={(event) => setOpen(event.currentTarget.open)}
    >
      <summary className="min-h-6 text-soft">{words.sites.history}</summary>
      {open && (
        <Loaded answer={history}>
          {({ items }) => (
            <ul className="m-0 mt-2 flex list-none flex-col gap-2 p-0">
              {items.map((item) => (
                <li key={`${item.fact} ${item.recordedAt}`} className="min-w-0 break-words">
                  <span className="font-medium">{item.fact}</span> <Badge>{item.tier}</Badge>{' '}
                  <span className="font-mono text-xs">
                    {typeof item.value === 'string' ? item.value : JSON.stringify(item.value)}
                  </span>
                  <span className="block text-xs text-soft">
                    {item.source} · <Time at={item.recordedAt} />
                    {item.replacedAt !== undefined && (
                      <>
                        {' → '}
                        <Time at={item.replacedAt} />
                      </>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Loaded>
      )}
    </details>
  );
}

import type { Site } from '@kulning/sdk';

import { siteName } from '../app/names.ts';
import { Badge, Hatched } from '../ui/badge.tsx';
import { Fact } from '../ui/fact.tsx';
import { Figure } from '../ui/figure.tsx';
import type { Column } from '../ui/table.tsx';
import type { Format } from '../words/format.ts';
import { useSpeech, useWords } from '../words/words.tsx';
import type { Words } from '../words/en.ts';

type FigureName = 'powerLimitMw' | 'gramsCo2PerKwh' | 'eurPerMwh' | 'pue' | 'roundTripMs';

const units: Readonly<Record<FigureName, string>> = {
  powerLimitMw: 'MW',
  gramsCo2PerKwh: 'g/kWh',
  eurPerMwh: '€/MWh',
  pue: '',
  roundTripMs: 'ms',
};

export const figureNames = Object.keys(units) as readonly FigureName[];

export function SiteFigure({ site, name }: { readonly site: Site; readonly name: FigureName }) {
  const words = useWords();
  const figure = site[name];
  return (
    <Figure
      name={words.sites.figures[name]}
      value={figure?.value}
      unit={units[name]}
      provenance={figure?.provenance}
      source={figure?.source}
      tier={figure?.tier}
      validUntil={figure?.validUntil}
      digits={name === 'pue' ? 2 : 1}
      remedy={words.sites.remedy}
    />
  );
}

export function SiteState({ site }: { readonly site: Site }) {
  const words = useWords();
  return (
    <span className="inline-flex flex-wrap items-center gap-2">
      <Badge tone={site.open ? 'lawful' : 'waiting'}>
        {site.open ? words.sites.open : words.sites.notOpen}
      </Badge>
      {site.simulated && <Hatched>{words.common.simulated}</Hatched>}
      {site.unclaimed && <Badge tone="waiting">{words.sites.unclaimed}</Badge>}
    </span>
  );
}

export function SiteCountry({ site }: { readonly site: Site }) {
  const { words, format } = useSpeech();
  return (
    <Fact
      name={words.sites.country}
      fact={site.country}
      shown={site.country && format.country(site.country.value)}
    />
  );
}

/** The columns that both Home and Sites show; `wide` ones leave on narrow screens. */
export function siteColumns(words: Words, format: Format): readonly Column<Site>[] {
  return [
    {
      id: 'name',
      title: words.sites.name,
      cell: (site) => siteName(site.name, words),
      value: (site) => siteName(site.name, words),
    },
    {
      id: 'state',
      title: words.sites.state,
      cell: (site) => <SiteState site={site} />,
      value: (site) => Number(site.open),
    },
    {
      id: 'country',
      title: words.sites.country,
      cell: (site) => <SiteCountry site={site} />,
      value: (site) => (site.country ? format.country(site.country.value) : null),
    },
    {
      id: 'power',
      title: words.sites.figures.powerLimitMw,
      align: 'end',
      wide: true,
      cell: (site) => <SiteFigure site={site} name="powerLimitMw" />,
      value: (site) => site.powerLimitMw?.value ?? null,
    },
    {
      id: 'carbon',
      title: words.sites.figures.gramsCo2PerKwh,
      align: 'end',
      wide: true,
      cell: (site) => <SiteFigure site={site} name="gramsCo2PerKwh" />,
      value: (site) => site.gramsCo2PerKwh?.value ?? null,
    },
  ];
}

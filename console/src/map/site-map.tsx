import type { Site } from '@kulning/sdk';
import { useId, useMemo } from 'react';

import { siteName } from '../app/names.ts';
import { useSpeech } from '../words/words.tsx';
import { carbonColour, carbonSteps } from './carbon-scale.ts';
import { borderLines, lakeRings, landRings } from './europe-outline.ts';
import { labelPlaces } from './label-places.ts';
import { mapFrame, pathOfLines, project } from './projection.ts';

/** Area grows with power; a site of unknown power gets the smallest dot. */
const radiusOf = (site: Site) => 4.5 + Math.sqrt(site.powerLimitMw?.value ?? 0) * 0.55;

interface SiteMapProps {
  readonly sites: readonly Site[];
  readonly selected?: string | undefined;
}

/** One static drawing. The table beside it says the same in words, so to a screen reader this is one image. */
export function SiteMap({ sites, selected }: SiteMapProps) {
  const { words, format } = useSpeech();
  const hatch = useId();
  const drawing = useMemo(
    () => ({
      land: pathOfLines(landRings, true),
      lakes: pathOfLines(lakeRings, true),
      borders: pathOfLines(borderLines, false),
    }),
    [],
  );
  const dots = labelPlaces(
    sites.flatMap((site) =>
      site.longitude === undefined || site.latitude === undefined
        ? []
        : [{ site, ...project(site.longitude, site.latitude), radius: radiusOf(site) }],
    ),
  );
  return (
    <figure className="m-0 flex flex-col">
      <svg
        viewBox={`0 0 ${mapFrame.width} ${mapFrame.height}`}
        role="img"
        aria-label={words.map.label(format.list(sites.map(({ name }) => siteName(name, words))))}
        className="block w-full bg-sea"
      >
        <path
          d={drawing.land}
          strokeWidth="1.2"
          strokeLinejoin="round"
          className="fill-(--land) stroke-(--land)"
        />
        <path d={drawing.lakes} className="fill-(--sea)" />
        <path
          d={drawing.borders}
          fill="none"
          strokeWidth="0.9"
          strokeLinejoin="round"
          className="stroke-(--land-line)"
        />
        <defs>
          <pattern
            id={hatch}
            width="3"
            height="3"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(-45)"
          >
            <path d="M0 0H3" strokeWidth="1.7" className="stroke-(--raised)" />
          </pattern>
        </defs>
        {dots.map(({ site, x, y, radius }) => (
          <g key={site.id}>
            {selected === site.id && (
              <circle
                cx={x}
                cy={y}
                r={radius + 3}
                fill="none"
                strokeWidth="1.2"
                className="stroke-(--accent)"
              />
            )}
            <circle
              cx={x}
              cy={y}
              r={radius}
              fill={site.open ? carbonColour(site.gramsCo2PerKwh?.value) : 'var(--sea)'}
              stroke={site.open ? 'var(--raised)' : carbonColour(site.gramsCo2PerKwh?.value)}
              strokeWidth={site.open ? 1 : 1.8}
            />
            {site.simulated && site.open && (
              <circle cx={x} cy={y} r={radius - 0.5} fill={`url(#${hatch})`} opacity="0.75" />
            )}
          </g>
        ))}
        {dots.map(({ site, labelX, labelY, anchor }) => (
          <text
            key={site.id}
            x={labelX}
            y={labelY}
            textAnchor={anchor}
            fontSize="9"
            fontWeight="600"
            paintOrder="stroke"
            strokeWidth="2.6"
            strokeLinejoin="round"
            className="fill-(--ink) stroke-(--land)"
          >
            {siteName(site.name, words)}
          </text>
        ))}
      </svg>
      <Legend sites={sites} />
    </figure>
  );
}

function Legend({ sites }: { readonly sites: readonly Site[] }) {
  const { words, format } = useSpeech();
  /** What the dots leave out or round off, said rather than guessed at. */
  const saidOf = (say: (names: string) => string, which: (site: Site) => boolean) => {
    const names = sites.filter(which).map(({ name }) => siteName(name, words));
    return names.length > 0 && <span>{say(format.list(names))}</span>;
  };
  return (
    <figcaption className="flex flex-wrap items-center gap-x-4 gap-y-1 border-t border-line px-4 py-2 text-xs text-soft">
      <span className="inline-flex items-center gap-1.5">
        {words.map.carbon}
        <svg width="96" height="8" aria-hidden="true">
          {carbonSteps.map(({ colour }, index) => (
            <rect key={colour} x={index * 16} width="16" height="8" fill={colour} />
          ))}
        </svg>
        <span>0 – 500+ g/kWh</span>
      </span>
      <Sample
        label={words.map.simulated}
        className="bg-[repeating-linear-gradient(-45deg,var(--ink-soft)_0_1.5px,var(--raised)_1.5px_3px)]"
      />
      <Sample label={words.map.notOpen} className="bg-transparent" />
      <span>{words.map.size}</span>
      {saidOf(words.map.townOnly, ({ coordinatesOf }) => coordinatesOf === 'town')}
      {saidOf(words.map.countryOnly, ({ coordinatesOf }) => coordinatesOf === 'country')}
      {saidOf(
        words.map.notPlaced,
        ({ latitude, longitude }) => latitude === undefined || longitude === undefined,
      )}
    </figcaption>
  );
}

function Sample({ label, className }: { readonly label: string; readonly className: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className={`size-2.5 rounded-full border border-soft ${className}`} />
      {label}
    </span>
  );
}

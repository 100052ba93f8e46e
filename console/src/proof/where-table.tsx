import { siteNameAlone } from '../app/names.ts';
import type { Whereabouts } from '../app/where-sentence-text.ts';
import { Badge, Hatched } from '../ui/badge.tsx';
import { Hint } from '../ui/hint.tsx';
import { useSpeech } from '../words/words.tsx';

type Part = 'processing' | 'storage' | 'backups' | 'keys';
const parts: readonly Part[] = ['processing', 'storage', 'backups', 'keys'];

/** Processing, storage, backups and keys apart: they may well lie in different places. */
export function WhereTable({ where }: { readonly where: Whereabouts }) {
  const { words, format } = useSpeech();
  return (
    <dl className="m-0 divide-y divide-line">
      {parts.map((part) => (
        <div
          key={part}
          className="grid grid-cols-1 gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[9rem_minmax(0,1fr)]"
        >
          <dt className="text-sm font-medium">{words.where.parts[part]}</dt>
          <dd className="m-0 flex min-w-0 flex-col gap-1.5 text-sm">
            {where[part].length === 0 && <span className="text-soft">{words.where.none[part]}</span>}
            {where[part].map((place, index) => (
              <span
                key={`${place.site} ${index}`}
                className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1"
              >
                <span>{siteNameAlone(place.site, words)}</span>
                <span className="text-soft">
                  {[
                    place.place,
                    place.country === null ? words.where.countryUnknown : format.country(place.country),
                  ]
                    .filter((text) => text !== null)
                    .join(', ')}
                </span>
                {place.simulated && <Hatched>{words.common.simulated}</Hatched>}
                {place.tier !== null && (
                  <Hint
                    label={words.tierOf(place.tier, words.tiers[place.tier])}
                    content={words.tiers[place.tier]}
                  >
                    <Badge>{place.tier}</Badge>
                  </Hint>
                )}
                {'folder' in place && typeof place.folder === 'string' && (
                  <code className="font-mono text-xs break-all text-soft">{place.folder}</code>
                )}
              </span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

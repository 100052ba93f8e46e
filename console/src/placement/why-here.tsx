import type { DecisionExplained } from '@kulning/sdk';

import { siteNameAlone } from '../app/names.ts';
import { Badge, Hatched, type Tone } from '../ui/badge.tsx';
import { CheckIcon, CrossIcon } from '../ui/icons.tsx';
import { useSpeech, useWords } from '../words/words.tsx';

type Candidate = DecisionExplained['candidates'][number];
type Rule = Candidate['allowedBy'][number];

export const tagTones = {
  law: 'accent',
  licence: 'waiting',
  contract: 'neutral',
  house: 'neutral',
} as const satisfies Record<Rule['tag'], Tone>;

export function RuleLine({ rule }: { readonly rule: Rule }) {
  const words = useWords();
  return (
    <span>
      <Badge tone={tagTones[rule.tag]}>{words.policy.tags[rule.tag]}</Badge> {rule.words}{' '}
      <code className="font-mono text-xs text-soft">{rule.id}</code>
    </span>
  );
}

const verdictTones: Readonly<Record<Candidate['verdict'], Tone>> = {
  chosen: 'lawful',
  possible: 'neutral',
  refused: 'refused',
  unavailable: 'waiting',
};

/** Why here, why not there: the chosen site with its reasons, then each other one with what ruled it out. */
export function WhyHere({ decision }: { readonly decision: DecisionExplained }) {
  const words = useWords();
  const chosen = decision.candidates.filter(({ verdict }) => verdict === 'chosen');
  const others = decision.candidates.filter(({ verdict }) => verdict !== 'chosen');
  return (
    <div className="flex flex-col text-sm">
      <p className={`px-4 py-3 font-medium ${decision.outcome === 'placed' ? '' : 'text-refused'}`}>
        {decision.words}
      </p>
      {decision.hint !== undefined && <p className="px-4 pb-3 text-soft">{decision.hint}</p>}
      {chosen.length > 0 && (
        <h3 className="border-t border-line bg-sunken px-4 py-1.5 text-xs font-semibold text-soft">
          {words.why.here}
        </h3>
      )}
      {chosen.map((candidate) => (
        <CandidateItem key={candidate.deployment} candidate={candidate} />
      ))}
      {others.length > 0 && (
        <h3 className="border-t border-line bg-sunken px-4 py-1.5 text-xs font-semibold text-soft">
          {words.why.notThere}
        </h3>
      )}
      {others.map((candidate) => (
        <CandidateItem key={candidate.deployment} candidate={candidate} />
      ))}
      {decision.candidates.length === 0 && (
        <p className="border-t border-line px-4 py-3 text-soft">{words.why.nobody}</p>
      )}
    </div>
  );
}

function CandidateItem({ candidate }: { readonly candidate: Candidate }) {
  const { words, format } = useSpeech();
  const { site } = candidate;
  return (
    <div className="flex flex-col gap-2 border-t border-line px-4 py-3">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium first-letter:uppercase">{siteNameAlone(site.name, words)}</span>
        {site.country !== undefined && <span className="text-soft">{format.country(site.country)}</span>}
        {site.simulated && <Hatched>{words.common.simulated}</Hatched>}
        <Badge tone={verdictTones[candidate.verdict]}>{words.why.verdicts[candidate.verdict]}</Badge>
      </p>
      <ul className="m-0 flex list-none flex-col gap-1.5 p-0">
        {candidate.reasons.map((reason) => (
          <li key={`${reason.code} ${reason.rule?.id} ${reason.role}`} className="flex gap-2">
            <CrossIcon className="mt-0.5 size-4 text-refused" />
            <span className="min-w-0 break-words">
              {reason.rule ? <RuleLine rule={reason.rule} /> : reason.words}{' '}
              {reason.role !== undefined && (
                <span className="text-xs text-soft">({words.why.roles[reason.role]})</span>
              )}
            </span>
          </li>
        ))}
        {candidate.allowedBy.slice(0, 3).map((rule) => (
          <li key={rule.id} className="flex gap-2">
            <CheckIcon className="mt-0.5 size-4 text-lawful" />
            <span className="min-w-0 break-words">
              <RuleLine rule={rule} />
            </span>
          </li>
        ))}
      </ul>
      {candidate.criteria.length > 0 && <Criteria candidate={candidate} />}
    </div>
  );
}

/** How it scored: each figure with where it comes from, and its share of the worst, where less is better. */
function Criteria({ candidate }: { readonly candidate: Candidate }) {
  const { words, format } = useSpeech();
  return (
    <table className="w-full border-collapse text-xs">
      <caption className="sr-only">{words.why.score}</caption>
      <thead className="text-soft">
        <tr>
          <th scope="col" className="py-0.5 text-left font-medium">
            {words.why.criterion}
          </th>
          <th scope="col" className="py-0.5 text-right font-medium">
            {words.why.value}
          </th>
          <th scope="col" className="py-0.5 pl-3 text-left font-medium">
            {words.why.from}
          </th>
          <th scope="col" className="py-0.5 text-right font-medium">
            {words.why.share}
          </th>
        </tr>
      </thead>
      <tbody>
        {candidate.criteria.map((criterion) => (
          <tr key={criterion.name}>
            <td className="py-0.5">{words.why.criteria[criterion.name]}</td>
            <td className="py-0.5 text-right whitespace-nowrap">
              {criterion.value === undefined
                ? words.provenance.unknown
                : criterion.name === 'load'
                  ? words.why.loadOf(format.percent(criterion.value))
                  : `${format.number(criterion.value)}\u00a0${criterion.unit}`}
            </td>
            <td className="py-0.5 pl-3">
              <span className={criterion.provenance === 'modelled' ? 'hatched' : ''}>
                {words.provenance.short[criterion.provenance]}
              </span>
            </td>
            <td className="py-0.5 text-right">{format.percent(criterion.share)}</td>
          </tr>
        ))}
        {candidate.score !== undefined && (
          <tr className="border-t border-line font-medium">
            <td className="py-0.5" colSpan={3}>
              {words.why.total}
            </td>
            <td className="py-0.5 text-right">{format.number(candidate.score, 3)}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

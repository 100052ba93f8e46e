import { subjectsOperations, type RecordDecision, type SubjectFindings } from '@kulning/sdk';

import { useAct } from '../app/api.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { DownloadIcon } from '../ui/icons.tsx';
import { Panel } from '../ui/panel.tsx';
import { saveFile } from '../ui/save-file.ts';
import { Problem } from '../ui/states.tsx';
import { useSpeech } from '../words/words.tsx';

interface FindingsProps {
  readonly findings: SubjectFindings;
  readonly body: { readonly identifiers: string[]; readonly decisions: RecordDecision[] };
}

/** Where the person is, by which identifier, and what the search does not see; and all of it as a file. */
export function Findings({ findings, body }: FindingsProps) {
  const { words, format } = useSpeech();
  const exported = useAct(subjectsOperations.export);
  const found = findings.stores.filter(({ records }) => records > 0);
  const byName = findings.candidates.reduce((sum, { recordIds }) => sum + recordIds.length, 0);
  const empty = findings.stores.filter(({ records }) => records === 0);
  return (
    <Panel
      title={words.person.found(found.reduce((sum, { records }) => sum + records, 0))}
      actions={
        <>
          {findings.restricted && <Badge tone="waiting">{words.person.restricted}</Badge>}
          {found.length > 0 && (
            <Button
              busy={exported.isPending}
              onClick={() =>
                exported.mutate({ body }, { onSuccess: (file) => saveFile('person.json', file) })
              }
            >
              <DownloadIcon />
              {words.person.export}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        {exported.isError && <Problem error={exported.error} />}
        {found.length === 0 && <p>{words.person.nothing}</p>}
        {byName > 0 && <p>{words.person.certainty(findings.matched, byName)}</p>}
        <ul className="m-0 flex list-none flex-wrap gap-x-6 gap-y-1 p-0">
          {findings.identifiers.map((match) => (
            <li key={`${match.kind} ${match.masked}`}>
              <span className="text-soft">{words.person.kinds[match.kind]}</span>{' '}
              <code className="font-mono text-xs">{match.masked}</code> ·{' '}
              {words.person.records(match.records)}
            </li>
          ))}
        </ul>
        {found.length > 0 && (
          <table className="w-full max-w-2xl border-collapse">
            <caption className="sr-only">{words.person.stores}</caption>
            <thead className="text-xs text-soft">
              <tr className="border-b border-line">
                <th scope="col" className="py-1 text-left font-medium">
                  {words.person.store}
                </th>
                <th scope="col" className="py-1 text-right font-medium">
                  {words.person.recordsTitle}
                </th>
              </tr>
            </thead>
            <tbody>
              {found.map((store) => (
                <tr key={store.store} className="border-b border-line last:border-0">
                  <td className="py-1.5 pr-4">{store.description}</td>
                  <td className="py-1.5 text-right align-top">{format.number(store.records, 0)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {empty.length > 0 && (
          <p className="max-w-prose text-soft">
            {words.person.searchedToo(format.list(empty.map(({ description }) => description)))}
          </p>
        )}
        <div className="max-w-prose text-soft">
          <p className="font-medium">{words.person.limits}</p>
          <ul className="m-0 mt-1 flex list-disc flex-col gap-1 pl-5">
            {findings.limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </div>
      </div>
    </Panel>
  );
}

import type { ErasurePreview, PlannedRecord, RecordDecision, SubjectFindings } from '@kulning/sdk';

import { Field, Select } from '../ui/field.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech } from '../words/words.tsx';

type Planned = ErasurePreview['records'][number];
type Action = RecordDecision['action'];

const actions: readonly Action[] = ['redact', 'destroy', 'keep'];
/** Why a person cannot be struck out: the choice is then between the whole record and none of it. */
const indivisible: ReadonlySet<PlannedRecord['reason']> = new Set([
  'no-span-to-redact',
  'trace-would-remain',
  'not-text',
]);
/** More than a human looks through one by one; the rest go as planned. */
const shownAtMost = 100;

interface SharedRecordsProps {
  readonly plan: ErasurePreview;
  readonly findings: SubjectFindings;
  readonly decisions: readonly RecordDecision[];
  readonly onDecide: (decisions: readonly RecordDecision[]) => void;
}

/** Surely this person's, but not only: what else they are about, what would happen, and a human's other choice. */
export function SharedRecords({ plan, findings, decisions, onDecide }: SharedRecordsProps) {
  const { words, format } = useSpeech();
  const namesakes = new Set(findings.candidates.flatMap(({ recordIds }) => recordIds));
  const shared = plan.records.filter(
    ({ recordId, reason }) => reason !== 'only-this-person' && !namesakes.has(recordId),
  );
  if (shared.length === 0) return null;
  const storeName = (id: string) => plan.stores.find(({ store }) => store === id)?.description ?? id;
  const decide = (recordId: string, action: Action) =>
    onDecide([...decisions.filter((decision) => decision.recordId !== recordId), { recordId, action }]);
  return (
    <section>
      <h3 className="text-sm font-semibold">{words.person.shared(shared.length)}</h3>
      <p className="mt-1 max-w-prose text-sm text-soft">{words.person.sharedLead}</p>
      <ul className="m-0 mt-2 list-none divide-y divide-line border-y border-line p-0">
        {shared.slice(0, shownAtMost).map((record) => (
          <li
            key={record.recordId}
            className="grid items-center gap-x-4 gap-y-2 py-2 text-sm sm:grid-cols-[minmax(0,1fr)_16rem]"
          >
            <span className="min-w-0">
              {storeName(record.store)} <span className="text-soft">·</span> <Time at={record.createdAt} />
              {record.otherIdentifiers.length > 0 && (
                <span className="block text-xs text-soft">
                  {words.person.otherIdentifiers('')}
                  <span className="font-mono break-words">{format.list(record.otherIdentifiers)}</span>
                </span>
              )}
              {indivisible.has(record.reason) && (
                <span className="block text-xs text-waiting">{words.person.reasons[record.reason]}</span>
              )}
            </span>
            <Choice record={record} onChoose={(action) => decide(record.recordId, action)} />
          </li>
        ))}
      </ul>
      {shared.length > shownAtMost && (
        <p className="mt-2 text-xs text-soft">{words.person.sharedMore(shared.length - shownAtMost)}</p>
      )}
    </section>
  );
}

function Choice({
  record,
  onChoose,
}: {
  readonly record: Planned;
  readonly onChoose: (action: Action) => void;
}) {
  const { words, format } = useSpeech();
  const open = record.action === 'human';
  return (
    <Field
      label={<span className="sr-only">{words.person.choiceOf(format.dateTime(record.createdAt))}</span>}
    >
      <Select value={open ? '' : record.action} onChange={(event) => onChoose(event.target.value as Action)}>
        {open && <option value="">{words.person.choices.human}</option>}
        {actions
          .filter((action) => action !== 'redact' || !indivisible.has(record.reason))
          .map((action) => (
            <option key={action} value={action}>
              {words.person.choices[action]}
            </option>
          ))}
      </Select>
    </Field>
  );
}

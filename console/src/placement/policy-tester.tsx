import { modelsOperations, policyOperations } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { Checkbox, Field, Select, TextInput } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Loaded } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';
import { WhyHere } from './why-here.tsx';

const route = getRouteApi('/inside/placement');
export const dataClasses = ['public', 'internal', 'personal', 'special'] as const;
const day = /^\d{4}-\d\d-\d\d$/;

/** Would this be allowed? Nothing is sent. The question stands in the address, so that it can be passed on. */
export function PolicyTester() {
  const words = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const models = useOperation(modelsOperations.list, undefined);
  const model = search.model ?? models.data?.items[0]?.name;
  const set = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const body = {
    model: model ?? '',
    ...(search.class && { dataClass: search.class }),
    purpose: search.purpose ?? '',
    demonstration: search.demonstration ?? false,
    ...(search.at !== undefined && day.test(search.at) && { at: `${search.at}T12:00:00.000Z` }),
  };
  const decision = useOperation(
    policyOperations.test,
    { body },
    { enabled: model !== undefined && model !== '', keep: true },
  );
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
      <Panel title={words.policy.ask}>
        <form className="flex flex-col gap-4" onSubmit={(event) => event.preventDefault()}>
          <Field label={words.receipts.model}>
            <Select value={model ?? ''} onChange={(event) => set({ model: event.target.value })}>
              {(models.data?.items ?? []).map(({ id, name }) => (
                <option key={id} value={name}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={words.receipts.dataClass} hint={words.classHints[search.class ?? 'none']}>
            <Select
              value={search.class ?? ''}
              onChange={(event) => set({ class: dataClasses.find((name) => name === event.target.value) })}
            >
              <option value="">{words.classes.none}</option>
              {dataClasses.map((name) => (
                <option key={name} value={name}>
                  {words.classes[name]}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={words.receipts.purpose}>
            <TextInput
              value={search.purpose ?? ''}
              maxLength={200}
              onChange={(event) => set({ purpose: event.currentTarget.value || undefined })}
            />
          </Field>
          <Field label={words.policy.at} hint={words.policy.atHint}>
            <TextInput
              type="date"
              value={search.at ?? ''}
              onChange={(event) => set({ at: event.currentTarget.value || undefined })}
            />
          </Field>
          <Checkbox
            label={words.policy.demonstration}
            checked={search.demonstration ?? false}
            onChange={(event) => set({ demonstration: event.target.checked || undefined })}
          />
        </form>
      </Panel>
      <Panel title={words.policy.verdict} flush>
        <div aria-live="polite">
          {model === undefined && models.data ? (
            <p className="p-4 text-soft">{words.models.emptyLead}</p>
          ) : (
            <Loaded answer={decision}>{(value) => <WhyHere decision={value} />}</Loaded>
          )}
        </div>
      </Panel>
    </div>
  );
}

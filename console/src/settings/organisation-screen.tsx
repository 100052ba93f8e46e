import { identityOperations, instanceOperations } from '@kulning/sdk';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { errorAt, onSubmit, type FormTexts } from '../app/form.ts';
import { useMay, useSession } from '../app/session.tsx';
import { numberOf } from '../sites/site-declaration.ts';
import { Button } from '../ui/button.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Confirm } from '../ui/confirm.tsx';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Notice, Problem } from '../ui/states.tsx';
import { languages } from '../words/format.ts';
import { useWords } from '../words/words.tsx';

export function OrganisationScreen() {
  const words = useWords();
  const may = useMay();
  const { organisation } = useSession();
  const act = useAct(identityOperations.updateOrganisation, [
    identityOperations.me,
    identityOperations.listOrganisations,
  ]);
  const [keeping, setKeeping] = useState(organisation.retentionDays !== null);
  const save = (texts: FormTexts) =>
    act.mutate({
      body: {
        name: texts.name ?? organisation.name,
        language: languages.find(({ id }) => id === texts.language)?.id ?? organisation.language,
        revenueEur: texts.revenue === undefined ? null : numberOf(texts.revenue),
        retentionDays: keeping && texts.retention !== undefined ? Number(texts.retention) : null,
      },
    });
  return (
    <Screen
      title={words.pages.organisation}
      commands={[
        commandOf(identityOperations.listOrganisations),
        commandOf(identityOperations.updateOrganisation, {
          body: { retentionDays: organisation.retentionDays ?? 30 },
        }),
      ]}
    >
      <form key={organisation.id} className="flex flex-col gap-4" onSubmit={onSubmit(save)}>
        <Panel title={words.organisation.title}>
          <div className="flex max-w-xl flex-col gap-4">
            <Field label={words.organisation.name} error={errorAt(act.error, 'name')}>
              <TextInput name="name" required maxLength={120} defaultValue={organisation.name} />
            </Field>
            <Field label={words.organisation.language} hint={words.organisation.languageHint}>
              <Select name="language" defaultValue={organisation.language}>
                {languages.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </Select>
            </Field>
            <Field
              label={words.organisation.revenue}
              hint={words.organisation.revenueHint}
              error={errorAt(act.error, 'revenueEur')}
            >
              <TextInput name="revenue" inputMode="decimal" defaultValue={organisation.revenueEur ?? ''} />
            </Field>
          </div>
        </Panel>
        <Retention
          days={organisation.retentionDays}
          keeping={keeping}
          onKeeping={setKeeping}
          error={errorAt(act.error, 'retentionDays')}
        />
        {act.isError && <Problem error={act.error} />}
        {act.isSuccess && (
          <div role="status">
            <Notice tone="lawful">{words.common.saved}</Notice>
          </div>
        )}
        <Button
          kind="primary"
          type="submit"
          busy={act.isPending}
          disabled={!may('organisations:write')}
          className="self-start"
        >
          {words.common.save}
        </Button>
      </form>
      {may('instance:write') && <Sample />}
    </Screen>
  );
}

interface RetentionProps {
  readonly days: number | null;
  readonly keeping: boolean;
  readonly onKeeping: (keeping: boolean) => void;
  readonly error: string | undefined;
}

function Retention({ days, keeping, onKeeping, error }: RetentionProps) {
  const words = useWords();
  return (
    <Panel title={words.organisation.retention}>
      <fieldset className="flex max-w-xl flex-col gap-3">
        <legend className="mb-2 text-sm text-soft">{words.organisation.retentionLead}</legend>
        <label className="flex min-h-6 items-center gap-2 text-sm">
          <input
            type="radio"
            name="keep"
            checked={!keeping}
            onChange={() => onKeeping(false)}
            className="size-4 accent-(--accent)"
          />
          {words.organisation.keepNothing}
        </label>
        <label className="flex min-h-6 items-center gap-2 text-sm">
          <input
            type="radio"
            name="keep"
            checked={keeping}
            onChange={() => onKeeping(true)}
            className="size-4 accent-(--accent)"
          />
          {words.organisation.keepDays}
        </label>
        {keeping && (
          <Field label={words.organisation.days} error={error}>
            <TextInput
              name="retention"
              type="number"
              required
              min={1}
              max={3650}
              defaultValue={days ?? 30}
              className="max-w-32"
            />
          </Field>
        )}
      </fieldset>
    </Panel>
  );
}

/** The sample company can be put back as it came, or taken away for good. */
function Sample() {
  const words = useWords();
  const status = useOperation(instanceOperations.status, undefined);
  const changes = [
    instanceOperations.status,
    instanceOperations.demoMails,
    instanceOperations.steps,
    identityOperations.me,
  ];
  const reset = useAct(instanceOperations.demoReset, changes);
  const remove = useAct(instanceOperations.demoRemove, changes);
  const [removing, setRemoving] = useState(false);
  return (
    <Panel title={words.organisation.sample}>
      <p className="mb-3 max-w-prose text-sm text-soft">
        {status.data?.demonstration === false ? words.organisation.sampleGone : words.organisation.sampleLead}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button busy={reset.isPending} onClick={() => reset.mutate(undefined)}>
          {words.organisation.sampleReset}
        </Button>
        {status.data?.demonstration === true && (
          <Button kind="danger" onClick={() => setRemoving(true)}>
            {words.organisation.sampleRemove}
          </Button>
        )}
      </div>
      {reset.isError && <Problem error={reset.error} />}
      {reset.data && (
        <p role="status" className="mt-2 text-sm text-lawful">
          {words.organisation.sampleBack(reset.data.mails, reset.data.documents)}
        </p>
      )}
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        title={words.organisation.sampleRemove}
        action={words.common.remove}
        busy={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => setRemoving(false) })}
      >
        {words.organisation.sampleRemoveMeans}
      </Confirm>
    </Panel>
  );
}

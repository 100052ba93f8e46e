import {
  guardAnswerActions,
  guardDetectors,
  guardrailsOperations,
  guardRequestActions,
  type GuardDetector,
  type GuardRulesView,
} from '@kulning/sdk';
import { useState } from 'react';

import { useAct } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { Field, Select } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Problem } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';

type Action = (typeof guardRequestActions)[number];
type Direction = 'request' | 'answer';

/** A line a detector, with a choice for each direction. What is bound from above can be made stricter only. */
export function GuardrailsRules({
  own,
  bound,
  keyId,
}: {
  readonly own: GuardRulesView;
  readonly bound: GuardRulesView;
  readonly keyId: string | undefined;
}) {
  const words = useWords();
  const may = useMay();
  const [draft, setDraft] = useState(own);
  const changes = [guardrailsOperations.get, guardrailsOperations.test];
  const setAll = useAct(guardrailsOperations.set, changes);
  const setKey = useAct(guardrailsOperations.setKey, changes);
  const act = keyId === undefined ? setAll : setKey;
  const changed = JSON.stringify(draft) !== JSON.stringify(own);
  const change = (detector: GuardDetector, direction: Direction, action: string) =>
    setDraft((before) => {
      const { [direction]: _, ...rest } = before[detector] ?? {};
      const rule = action === '' ? rest : { ...rest, [direction]: action };
      const { [detector]: __, ...others } = before;
      return Object.keys(rule).length === 0 ? others : { ...others, [detector]: rule };
    });
  const save = () =>
    keyId === undefined
      ? setAll.mutate({ body: { rules: draft } })
      : setKey.mutate({ params: { keyId }, body: { rules: draft } });
  return (
    <Panel
      title={words.guardrails.rules}
      flush
      actions={
        may('content:write') && (
          <Button kind="primary" busy={act.isPending} disabled={!changed} onClick={save}>
            {words.guardrails.save}
          </Button>
        )
      }
    >
      {act.error && (
        <div className="p-4">
          <Problem error={act.error} />
        </div>
      )}
      <ul className="m-0 list-none divide-y divide-line p-0">
        {guardDetectors.map((detector) => (
          <li
            key={detector}
            className="grid grid-cols-2 items-start gap-x-4 gap-y-2 px-4 py-2.5 sm:grid-cols-[minmax(0,1fr)_13rem_10rem]"
          >
            <span className="col-span-2 min-w-0 text-sm sm:col-span-1">
              <span className="block font-medium">{words.guardrails.detectors[detector]}</span>
              <code className="font-mono text-xs break-all text-soft">{detector}</code>
            </span>
            {(['request', 'answer'] as const).map((direction) => (
              <Choice
                key={direction}
                detector={detector}
                direction={direction}
                own={draft[detector]?.[direction]}
                bound={bound[detector]?.[direction]}
                disabled={!may('content:write')}
                onChange={(action) => change(detector, direction, action)}
              />
            ))}
          </li>
        ))}
      </ul>
      <p role="status" className="px-4 py-2 text-sm text-lawful empty:hidden">
        {act.isSuccess && !changed ? words.guardrails.saved : ''}
      </p>
    </Panel>
  );
}

interface ChoiceProps {
  readonly detector: GuardDetector;
  readonly direction: Direction;
  readonly own: Action | undefined;
  readonly bound: Action | undefined;
  readonly disabled: boolean;
  readonly onChange: (action: string) => void;
}

function Choice({ detector, direction, own, bound, disabled, onChange }: ChoiceProps) {
  const words = useWords();
  const actions: readonly Action[] = direction === 'request' ? guardRequestActions : guardAnswerActions;
  const least = bound === undefined ? 0 : guardRequestActions.indexOf(bound);
  return (
    <Field
      label={
        <>
          <span className="sr-only">{`${words.guardrails.detectors[detector]}, `}</span>
          <span className="text-xs font-normal text-soft">{words.guardrails[direction]}</span>
        </>
      }
      {...(bound !== undefined && { hint: `${words.guardrails.actions[bound]} · ${words.guardrails.bound}` })}
    >
      <Select value={own ?? ''} disabled={disabled} onChange={({ target }) => onChange(target.value)}>
        <option value="">
          {bound === undefined ? words.guardrails.off : words.guardrails.actions[bound]}
        </option>
        {actions
          .filter((action) => guardRequestActions.indexOf(action) >= least)
          .map((action) => (
            <option key={action} value={action}>
              {words.guardrails.actions[action]}
            </option>
          ))}
      </Select>
    </Field>
  );
}

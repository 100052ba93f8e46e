import { policyOperations, type PolicyComparison, type PolicyVersion } from '@kulning/sdk';
import { useState } from 'react';

import { useAct } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Checkbox, Field, TextArea } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Notice, Problem } from '../ui/states.tsx';
import { useSpeech } from '../words/words.tsx';

/** The Cedar text. A change is compared over every combination of facts before it can be made active. */
export function PolicyEditor({ policy }: { readonly policy: PolicyVersion }) {
  const { words } = useSpeech();
  const may = useMay();
  const [text, setText] = useState(policy.text);
  const [accept, setAccept] = useState(false);
  const [confirming, setConfirming] = useState(false);
  const compare = useAct(policyOperations.compare);
  const activate = useAct(policyOperations.activate, [
    policyOperations.get,
    policyOperations.versions,
    policyOperations.test,
  ]);
  const changed = text !== policy.text;
  const comparison = changed ? compare.data : undefined;
  const edit = (next: string) => {
    setText(next);
    setAccept(false);
    compare.reset();
  };
  return (
    <Panel
      title={words.policy.text}
      actions={
        <>
          <Button
            disabled={!changed}
            busy={compare.isPending}
            onClick={() => compare.mutate({ body: { text } })}
          >
            {words.policy.compare}
          </Button>
          <Button
            kind="primary"
            disabled={!comparison || !may('policy:write') || (comparison.widensRestricted && !accept)}
            onClick={() => setConfirming(true)}
          >
            {words.policy.activate}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <Field label={words.policy.textLabel} hint={words.policy.textHint}>
          <TextArea
            value={text}
            onChange={(event) => edit(event.currentTarget.value)}
            rows={24}
            spellCheck={false}
            readOnly={!may('policy:write')}
            className="font-mono text-xs"
          />
        </Field>
        {compare.isError && <Problem error={compare.error} />}
        {comparison && <Comparison comparison={comparison} />}
        {comparison?.widensRestricted === true && (
          <Checkbox
            label={words.policy.acceptWider}
            checked={accept}
            onChange={(event) => setAccept(event.target.checked)}
          />
        )}
        {comparison && (
          <Confirm
            open={confirming}
            onClose={() => setConfirming(false)}
            title={words.policy.activate}
            action={words.policy.activate}
            busy={activate.isPending}
            error={activate.error}
            onConfirm={() =>
              activate.mutate(
                { body: { text, acceptWider: accept } },
                { onSuccess: () => setConfirming(false) },
              )
            }
          >
            {words.policy.willChange(comparison.widened, comparison.narrowed)}
          </Confirm>
        )}
      </div>
    </Panel>
  );
}

function Comparison({ comparison }: { readonly comparison: PolicyComparison }) {
  const { words, format } = useSpeech();
  const examples = [
    ...comparison.examples.widened.map((example) => ({ ...example, wider: true })),
    ...comparison.examples.narrowed.map((example) => ({ ...example, wider: false })),
  ];
  return (
    <Notice tone={comparison.widened > 0 ? 'waiting' : 'lawful'}>
      <p className="font-medium">
        {words.policy.compared(
          format.number(comparison.combinations, 0),
          format.number(comparison.widened, 0),
          format.number(comparison.narrowed, 0),
        )}
      </p>
      <ul className="m-0 mt-2 flex list-disc flex-col gap-1 pl-5">
        {examples.map((example) => (
          <li key={JSON.stringify(example)}>
            {example.wider ? words.policy.newlyAllowed : words.policy.newlyRefused}:{' '}
            {[
              example.dataClass,
              words.why.roles[example.role],
              ...example.facts.map(({ name, value }) => `${name}: ${value}`),
            ].join(' · ')}{' '}
            <code className="font-mono text-xs">{example.refusedBy.join(', ')}</code>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

import { guardrailsOperations, identityOperations, type GuardrailsView } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { commandOf } from '../ui/command-lines.ts';
import { Field, Select } from '../ui/field.tsx';
import { Screen } from '../ui/screen.tsx';
import { Loaded, Notice } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';
import { GuardrailsRules } from './guardrails-rules.tsx';
import { GuardrailsTester } from './guardrails-tester.tsx';

const route = getRouteApi('/inside/placement/guardrails');

/** What is looked for in calls and what is done with it, and a text to try it on. */
export function GuardrailsScreen() {
  const words = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const view = useOperation(guardrailsOperations.get, undefined);
  const keys = useOperation(identityOperations.listKeys, undefined, { enabled: may('keys:read') });
  const key = keys.data?.items.find(({ id }) => id === search.key);
  const example = { rules: { email: { request: 'mask' as const } } };
  return (
    <Screen
      title={words.pages.guardrails}
      lead={words.guardrails.lead}
      commands={[
        commandOf(guardrailsOperations.get),
        key
          ? commandOf(guardrailsOperations.setKey, { params: { keyId: key.id }, body: example })
          : commandOf(guardrailsOperations.set, { body: example }),
        commandOf(guardrailsOperations.test, { body: { text: words.guardrails.sample } }),
      ]}
    >
      <Notice>{words.guardrails.notice}</Notice>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <Field label={words.guardrails.scope}>
            <Select
              value={key?.id ?? ''}
              onChange={({ target }) =>
                void navigate({ search: target.value === '' ? {} : { key: target.value }, replace: true })
              }
            >
              <option value="">{words.guardrails.wholeOrganisation}</option>
              {(keys.data?.items ?? []).map(({ id, name }) => (
                <option key={id} value={id}>
                  {words.guardrails.keyRules(name)}
                </option>
              ))}
            </Select>
          </Field>
          <Loaded answer={view} lines={12}>
            {(value) => (
              <GuardrailsRules
                key={`${key?.id ?? ''} ${JSON.stringify(rulesFor(value, key?.id))}`}
                own={rulesFor(value, key?.id)}
                bound={key ? value.effective : value.inherited}
                keyId={key?.id}
              />
            )}
          </Loaded>
        </div>
        <GuardrailsTester />
      </div>
    </Screen>
  );
}

const rulesFor = (view: GuardrailsView, keyId: string | undefined) =>
  keyId === undefined ? view.rules : (view.keys.find((each) => each.keyId === keyId)?.rules ?? {});

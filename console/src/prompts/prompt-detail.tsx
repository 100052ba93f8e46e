import { type PromptDetail as Prompt, promptsOperations, type PromptVersion } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { useMay } from '../app/session.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { CodeLine } from '../ui/copy.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Loaded, Problem } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { valueOf } from './prompt-draft.ts';
import { PromptEditor } from './prompt-editor.tsx';

const route = getRouteApi('/inside/models/templates');

/** One template: the version that is chosen, to read, fill and go on from; what changed; and all versions. */
export function PromptDetail({ id, onRemoved }: { readonly id: string; readonly onRemoved: () => void }) {
  const words = useWords();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const prompt = useOperation(promptsOperations.get, { params: { promptId: id } });
  const wanted = search.version ?? 'latest';
  const chosen = useOperation(promptsOperations.version, { params: { promptId: id, version: wanted } });
  const [removing, setRemoving] = useState(false);
  const remove = useAct(promptsOperations.remove, [promptsOperations.list]);
  const choose = (version: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, version }), replace: true });
  return (
    <Loaded answer={prompt}>
      {(value) => (
        <div className="flex flex-col gap-6 p-4">
          <Versions
            prompt={value}
            shown={chosen.data?.version}
            onChoose={(version) => choose(String(version))}
          />
          {value.versions.length > 0 && (
            <Loaded answer={chosen} lines={8}>
              {(version) => (
                <Chosen
                  key={version.version}
                  prompt={value}
                  version={version}
                  onSaved={() => choose(undefined)}
                />
              )}
            </Loaded>
          )}
          <CodeLine text={JSON.stringify({ prompt: { id: value.name, variables: {} } })} />
          {may('prompts:write') && (
            <div>
              <Button kind="danger" onClick={() => setRemoving(true)}>
                {words.prompts.remove}
              </Button>
            </div>
          )}
          <Confirm
            open={removing}
            onClose={() => setRemoving(false)}
            title={words.prompts.remove}
            action={words.prompts.remove}
            busy={remove.isPending}
            error={remove.error}
            word={value.name}
            onConfirm={() => remove.mutate({ params: { promptId: id } }, { onSuccess: onRemoved })}
          >
            {words.prompts.removeLead}
          </Confirm>
        </div>
      )}
    </Loaded>
  );
}

interface VersionsProps {
  readonly prompt: Prompt;
  readonly shown: number | undefined;
  readonly onChoose: (version: number) => void;
}

function Versions({ prompt, shown, onChoose }: VersionsProps) {
  const words = useWords();
  const may = useMay();
  const label = useAct(promptsOperations.setLabel, [promptsOperations.list, promptsOperations.get]);
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">{words.prompts.versions}</h3>
      {label.error && <Problem error={label.error} />}
      <ul className="m-0 list-none divide-y divide-line rounded-base border border-line p-0">
        {prompt.versions.map(({ version, labels, createdAt }) => (
          <li key={version} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-sm">
            <button
              type="button"
              aria-pressed={version === shown}
              className={`underline decoration-line-strong underline-offset-3 ${version === shown ? 'font-semibold' : ''}`}
              onClick={() => onChoose(version)}
            >
              {words.prompts.version(version)}
            </button>
            <Time at={createdAt} />
            {version === prompt.latest && <Badge>{words.prompts.latest}</Badge>}
            {labels.map((name) => (
              <Badge key={name} tone={name === 'production' ? 'lawful' : 'neutral'}>
                {name}
              </Badge>
            ))}
            {may('prompts:write') && !labels.includes('production') && (
              <Button
                kind="quiet"
                className="ml-auto"
                busy={label.isPending}
                onClick={() =>
                  label.mutate({ params: { promptId: prompt.id, label: 'production' }, body: { version } })
                }
              >
                {words.prompts.putProduction}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface ChosenProps {
  readonly prompt: Prompt;
  readonly version: PromptVersion;
  readonly onSaved: () => void;
}

function Chosen({ prompt, version: { version, text }, onSaved }: ChosenProps) {
  const before = prompt.versions.find((each) => each.version < version)?.version;
  return (
    <>
      {before !== undefined && <Changes id={prompt.id} from={before} to={version} />}
      <PromptEditor prompt={{ id: prompt.id, text }} onSaved={onSaved} />
      <Preview id={prompt.id} version={version} variables={text.variables} />
    </>
  );
}

const marks = { same: ' ', added: '+', removed: '−' } as const;
const tones = {
  same: 'text-soft',
  added: 'bg-lawful-wash text-ink',
  removed: 'bg-refused-wash text-ink',
} as const;

function Changes({ id, from, to }: { readonly id: string; readonly from: number; readonly to: number }) {
  const words = useWords();
  const query = { from: String(from), to: String(to) };
  const diff = useOperation(promptsOperations.diff, { params: { promptId: id }, query });
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">{words.prompts.compare(from, to)}</h3>
      <Loaded answer={diff} lines={3}>
        {({ lines }) =>
          lines.every(({ change }) => change === 'same') ? (
            <p className="text-sm text-soft">{words.prompts.noChange}</p>
          ) : (
            <pre
              tabIndex={0}
              aria-label={words.prompts.compare(from, to)}
              className="m-0 overflow-x-auto rounded-base border border-line py-2 font-mono text-xs"
            >
              {lines.map(({ change, text }, at) => (
                <span key={at} className={`block px-3 ${tones[change]}`}>
                  {`${marks[change]} ${text}\n`}
                </span>
              ))}
            </pre>
          )
        }
      </Loaded>
    </section>
  );
}

interface PreviewProps {
  readonly id: string;
  readonly version: number;
  readonly variables: PromptVersion['text']['variables'];
}

function Preview({ id, version, variables }: PreviewProps) {
  const { words } = useSpeech();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const given = Object.fromEntries(
    Object.entries(variables).flatMap(([name, { type }]) => {
      const value = valueOf(type, typed[name] ?? '');
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const missing = Object.entries(variables).some(
    ([name, each]) => each.default === undefined && !(name in given),
  );
  const rendered = useOperation(
    promptsOperations.render,
    { params: { promptId: id }, body: { version: String(version), variables: given } },
    { enabled: !missing, keep: true, once: true },
  );
  return (
    <section className="flex flex-col gap-3">
      <h3 className="text-sm font-semibold">{words.prompts.preview}</h3>
      <p className="text-xs text-soft">{words.prompts.previewLead}</p>
      {Object.entries(variables).map(([name, variable]) => (
        <Field key={name} label={<code className="font-mono text-xs">{name}</code>}>
          <TextInput
            placeholder={String(variable.default ?? words.prompts.required)}
            value={typed[name] ?? ''}
            onChange={({ currentTarget }) => setTyped({ ...typed, [name]: currentTarget.value })}
          />
        </Field>
      ))}
      {!missing && (
        <Loaded answer={rendered} lines={3}>
          {({ messages }) => (
            <ol className="m-0 flex list-none flex-col gap-2 p-0">
              {messages.map(({ role, content }, at) => (
                <li key={at} className="rounded-base bg-sunken p-3 text-sm">
                  <span className="block text-xs font-medium text-soft">{role}</span>
                  <span className="break-words whitespace-pre-wrap">{content}</span>
                </li>
              ))}
            </ol>
          )}
        </Loaded>
      )}
    </section>
  );
}

import { instanceOperations, modelsOperations, type ModelView, type OperationResult } from '@kulning/sdk';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';

import { useOperation } from '../app/api.tsx';
import { SampleSwitch } from '../app/sample-switch.tsx';
import { Badge, Hatched } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { curl, type ScreenCommand } from '../ui/command-lines.ts';
import { Field, Select, TextArea } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded, Problem } from '../ui/states.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { CallProof } from './call-proof.tsx';
import { useConversation, type DataClass, type Exchange } from './use-conversation.ts';

const route = getRouteApi('/inside/models/playground');

type Mail = OperationResult<typeof instanceOperations.demoMails>['items'][number];

const dataClasses: readonly DataClass[] = ['public', 'internal', 'personal', 'special', 'none'];

/** `Anna Lind <anna.lind@example.org>` by name; the address is in the title. */
const senderOf = ({ from }: Mail) => /^(.+?)\s*</.exec(from)?.[1] ?? from;

const textOf = (mail: Mail) => `${mail.subject}\n\n${mail.body}`;

/** Any OpenAI client does the same; the key says the data class unless a header says a stricter one. */
function chatCommand(model: string, dataClass: DataClass = 'public'): ScreenCommand {
  const content = 'Where is my order?';
  const isClassified = dataClass !== 'none';
  return {
    cli: `npx kulning chat --model ${model} ${isClassified ? `--data-class ${dataClass} ` : ''}'${content}'`,
    curl: curl(
      ` ${location.origin}/v1/chat/completions${isClassified ? ` -H 'x-kulning-data-class: ${dataClass}'` : ''}`,
      { model, messages: [{ role: 'user', content }] },
    ),
  };
}

/** One prompt, its answer as it comes, and beside it the receipt and why it was answered where it was. */
export function PlaygroundScreen() {
  const words = useWords();
  const search = route.useSearch();
  const models = useOperation(modelsOperations.list, undefined);
  const mails = useOperation(instanceOperations.demoMails, undefined);
  return (
    <Screen
      title={words.pages.playground}
      lead={words.playground.lead}
      commands={models.data ? [chatCommand(models.data.items[0]?.name ?? '', search.class)] : []}
    >
      <Loaded answer={models} lines={8}>
        {({ items }) =>
          items.length === 0 ? (
            <Panel flush>
              <Empty
                title={words.models.empty}
                action={
                  <Link to="/models" search={{ add: true }} className="prose-link">
                    {words.models.add}
                  </Link>
                }
              >
                {words.models.emptyLead}
              </Empty>
            </Panel>
          ) : (
            <Loaded answer={mails} lines={8}>
              {(loaded) => <Bench models={items} mails={loaded.items} />}
            </Loaded>
          )
        }
      </Loaded>
    </Screen>
  );
}

function Bench({
  models,
  mails,
}: {
  readonly models: readonly ModelView[];
  readonly mails: readonly Mail[];
}) {
  const { words, language } = useSpeech();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { exchange, ask, cancel } = useConversation();
  const mail =
    mails.find(({ id }) => id === search.mail) ??
    mails.find((candidate) => candidate.language === language) ??
    mails[0];
  const [typed, setTyped] = useState<{ readonly mailId: string | undefined; readonly text: string }>();
  const text = typed && typed.mailId === mail?.id ? typed.text : mail ? textOf(mail) : '';
  const model = models.find(({ name }) => name === search.model) ?? models[0];
  const dataClass: DataClass = search.class ?? 'public';
  const busy = exchange.state === 'asking' || exchange.state === 'streaming';
  const send = () => model && void ask({ model: model.name, dataClass, text });
  const set = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[15rem_minmax(0,1fr)] xl:grid-cols-[15rem_minmax(0,1fr)_24rem]">
      <MailList mails={mails} selected={mail?.id} onSelect={(id) => set({ mail: id })} />
      <div className="flex min-w-0 flex-col gap-4">
        <form
          className="flex flex-col gap-3 rounded-base border border-line bg-raised p-4"
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label={words.playground.model}>
              <Select value={model?.name} onChange={(event) => set({ model: event.target.value })}>
                {models.map(({ id, name }) => (
                  <option key={id} value={name}>
                    {name}
                  </option>
                ))}
              </Select>
            </Field>
            <Field label={words.playground.dataClass} hint={words.classHints[dataClass]}>
              <Select value={dataClass} onChange={(event) => set({ class: event.target.value as DataClass })}>
                {dataClasses.map((name) => (
                  <option key={name} value={name}>
                    {words.classes[name]}
                  </option>
                ))}
              </Select>
            </Field>
          </div>
          {model && model.toy !== null && (
            <p>
              <Hatched>{model.toy}</Hatched>
            </p>
          )}
          <Field label={words.playground.prompt}>
            <TextArea
              rows={9}
              value={text}
              required
              onChange={(event) => setTyped({ mailId: mail?.id, text: event.currentTarget.value })}
            />
          </Field>
          <div className="flex gap-2">
            <Button kind="primary" type="submit" busy={busy} disabled={!model || text.trim() === ''}>
              {words.playground.send}
            </Button>
            {busy && <Button onClick={cancel}>{words.common.cancel}</Button>}
          </div>
        </form>
        <AnswerPanel exchange={exchange} onRetry={send} />
      </div>
      <CallProof exchange={exchange} className="lg:col-start-2 xl:col-start-3 xl:row-start-1" />
    </div>
  );
}

function MailList({
  mails,
  selected,
  onSelect,
}: {
  readonly mails: readonly Mail[];
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}) {
  const words = useWords();
  return (
    <Panel title={words.playground.mails} flush>
      {mails.length === 0 ? (
        <div className="flex flex-col gap-3 p-4 text-sm text-soft">
          <p>{words.playground.noMails}</p>
          <SampleSwitch href="/models/playground" />
        </div>
      ) : (
        <ul
          tabIndex={0}
          aria-label={words.playground.mails}
          className="m-0 max-h-52 list-none overflow-y-auto p-0 lg:max-h-[34rem]"
        >
          {mails.map((mail) => (
            <li key={mail.id} className="border-b border-line last:border-0">
              <button
                type="button"
                aria-pressed={mail.id === selected}
                onClick={() => onSelect(mail.id)}
                className={`block w-full px-3 py-2 text-left -outline-offset-2 ${mail.id === selected ? 'bg-accent-wash' : 'hover:bg-sunken'}`}
              >
                <span className="flex items-baseline justify-between gap-2">
                  <span className="truncate text-sm font-medium" title={mail.from}>
                    {senderOf(mail)}
                  </span>
                  <Badge>{mail.language}</Badge>
                </span>
                <span lang={mail.language} className="block truncate text-xs text-soft">
                  {mail.subject}
                </span>
                <span className="block text-xs text-soft">
                  <Time at={mail.receivedAt} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function AnswerPanel({ exchange, onRetry }: { readonly exchange: Exchange; readonly onRetry: () => void }) {
  const words = useWords();
  return (
    <Panel
      title={words.playground.answer}
      actions={
        <Badge
          tone={exchange.state === 'done' ? 'lawful' : exchange.state === 'failed' ? 'refused' : 'neutral'}
        >
          {words.playground.states[exchange.state]}
        </Badge>
      }
    >
      <div
        aria-live="polite"
        aria-busy={exchange.state === 'streaming'}
        className={exchange.error ? '' : 'min-h-20'}
      >
        {exchange.state === 'idle' && <p className="text-soft">{words.playground.idle}</p>}
        {exchange.answer !== '' && (
          <p className="font-mono text-sm break-words whitespace-pre-wrap">{exchange.answer}</p>
        )}
      </div>
      {exchange.error && (
        <Problem error={exchange.error} onRetry={exchange.error.retryable ? onRetry : undefined} />
      )}
    </Panel>
  );
}

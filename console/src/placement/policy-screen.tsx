import { policyOperations, type PolicyVersion } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf, type ScreenCommand } from '../ui/command-lines.ts';
import { CodeLine } from '../ui/copy.tsx';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Time } from '../ui/time.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { PolicyEditor } from './policy-editor.tsx';
import { type dataClasses, PolicyTester } from './policy-tester.tsx';
import { tagTones } from './why-here.tsx';

const route = getRouteApi('/inside/placement');

/** The rules in words, a tester, every version, and the text that is judged. */
export function PolicyScreen() {
  const words = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const policy = useOperation(policyOperations.get, undefined);
  return (
    <Screen title={words.pages.policy} lead={words.policy.lead} commands={commandsOf(search)}>
      <Loaded answer={policy} lines={8}>
        {(active) => (
          <Tabs
            label={words.pages.policy}
            value={search.tab ?? 'rules'}
            onChange={(tab) => void navigate({ search: (before) => ({ ...before, tab }) })}
            tabs={[
              { value: 'rules', label: words.policy.tabs.rules, content: <Rules policy={active} /> },
              { value: 'tester', label: words.policy.tabs.tester, content: <PolicyTester /> },
              { value: 'versions', label: words.policy.tabs.versions, content: <Versions /> },
              {
                value: 'cedar',
                label: words.policy.tabs.cedar,
                content: <PolicyEditor key={active.hash} policy={active} />,
              },
            ]}
          />
        )}
      </Loaded>
    </Screen>
  );
}

interface PolicyAddress {
  readonly tab?: 'rules' | 'tester' | 'versions' | 'cedar' | undefined;
  readonly version?: string | undefined;
  readonly model?: string | undefined;
  readonly class?: (typeof dataClasses)[number] | undefined;
  readonly purpose?: string | undefined;
}

/** Of the tab that is open; the tester's with the question that it asks. */
function commandsOf({ tab = 'rules', version, model, ...asked }: PolicyAddress): readonly ScreenCommand[] {
  const text = '@policy.cedar';
  const question = {
    model: model ?? 'kulning-triage',
    ...(asked.class && { dataClass: asked.class }),
    ...(asked.purpose !== undefined && { purpose: asked.purpose }),
  };
  return {
    rules: [commandOf(policyOperations.get)],
    tester: [commandOf(policyOperations.test, { body: question })],
    versions: [
      commandOf(policyOperations.versions),
      ...(version === undefined ? [] : [commandOf(policyOperations.version, { params: { hash: version } })]),
    ],
    cedar: [
      commandOf(policyOperations.compare, { body: { text } }),
      commandOf(policyOperations.activate, { body: { text } }),
    ],
  }[tab];
}

const tags = ['law', 'licence', 'contract', 'house'] as const;

function Rules({ policy }: { readonly policy: PolicyVersion }) {
  const { words, language } = useSpeech();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const rules = policy.rules.filter(({ tag }) => search.tag === undefined || tag === search.tag);
  const present = tags.filter((tag) => policy.rules.some((rule) => rule.tag === tag));
  return (
    <div className="flex flex-col gap-3">
      <div role="group" aria-label={words.common.filter} className="flex flex-wrap gap-2">
        {[undefined, ...present].map((tag) => (
          <Button
            key={tag ?? 'all'}
            aria-pressed={search.tag === tag}
            className={search.tag === tag ? 'bg-sunken font-semibold' : ''}
            onClick={() => void navigate({ search: (before) => ({ ...before, tag }), replace: true })}
          >
            {tag === undefined ? words.common.all : words.policy.tags[tag]}
          </Button>
        ))}
      </div>
      <ul className="m-0 flex list-none flex-col gap-2 p-0">
        {rules.map((rule) => (
          <li key={rule.id} className="rounded-base border border-line bg-raised px-4 py-3">
            <p className="flex flex-wrap items-center gap-2">
              <Badge tone={rule.effect === 'permit' ? 'lawful' : 'refused'}>
                {words.policy.effects[rule.effect]}
              </Badge>
              <Badge tone={tagTones[rule.tag]}>{words.policy.tags[rule.tag]}</Badge>
              <code className="font-mono text-xs text-soft">{rule.id}</code>
            </p>
            <p className="mt-1.5 max-w-prose">{rule.text[language]}</p>
            <details className="mt-1 text-sm">
              <summary className="w-fit text-xs text-soft">Cedar</summary>
              <pre
                tabIndex={0}
                aria-label={`Cedar: ${rule.id}`}
                className="m-0 mt-2 overflow-x-auto rounded-base bg-sunken p-3 font-mono text-xs"
              >
                {rule.cedar}
              </pre>
            </details>
          </li>
        ))}
      </ul>
      <div className="flex flex-col gap-1.5 text-sm text-soft">
        <p>{words.policy.hash}</p>
        <CodeLine text={policy.hash} />
      </div>
    </div>
  );
}

function Versions() {
  const words = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const versions = useOperation(policyOperations.versions, undefined);
  return (
    <div className="flex flex-col gap-4">
      <Panel flush>
        <Loaded answer={versions}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty title={words.policy.noVersions}>{words.policy.lead}</Empty>
            ) : (
              <ul className="m-0 list-none divide-y divide-line p-0">
                {items.map((version) => (
                  <li
                    key={version.hash}
                    className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-sm"
                  >
                    <button
                      type="button"
                      aria-pressed={search.version === version.hash}
                      className="font-mono text-xs break-all underline decoration-line-strong underline-offset-3"
                      onClick={() =>
                        void navigate({
                          search: (before) => ({
                            ...before,
                            version: before.version === version.hash ? undefined : version.hash,
                          }),
                        })
                      }
                    >
                      {version.hash.slice(0, 23)}…
                    </button>
                    <Time at={version.createdAt} />
                    {version.active ? (
                      <Badge tone="lawful">{words.policy.active}</Badge>
                    ) : (
                      version.activatedAt === undefined && <Badge>{words.policy.neverActive}</Badge>
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </Panel>
      {search.version !== undefined && <Version key={search.version} hash={search.version} />}
    </div>
  );
}

function Version({ hash }: { readonly hash: string }) {
  const version = useOperation(policyOperations.version, { params: { hash } });
  return <Loaded answer={version}>{(value) => <Rules policy={value} />}</Loaded>;
}

import { guardrailsOperations, type GuardFinding } from '@kulning/sdk';
import { useEffect, useState } from 'react';

import { useOperation } from '../app/api.tsx';
import { Badge } from '../ui/badge.tsx';
import { Field, Select, TextArea } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { Loaded } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';

const pauseMs = 250;

/** The value once it has rested: a text is asked about when the writer pauses. */
function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), pauseMs);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** Marks what is found in a text while it is written. The text stays out of the address, where others would read it. */
export function GuardrailsTester() {
  const words = useWords();
  const [text, setText] = useState(words.guardrails.sample);
  const [direction, setDirection] = useState<'request' | 'answer'>('request');
  const asked = useRested(text);
  const result = useOperation(
    guardrailsOperations.test,
    { body: { text: asked, direction } },
    { enabled: asked.trim() !== '', keep: true, once: true },
  );
  return (
    <Panel title={words.guardrails.tester}>
      <div className="flex flex-col gap-4">
        <Field label={words.guardrails.text} hint={words.guardrails.testerHint}>
          <TextArea rows={6} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
        </Field>
        <Field label={words.guardrails.direction}>
          <Select
            value={direction}
            onChange={({ target }) => setDirection(target.value === 'answer' ? 'answer' : 'request')}
          >
            <option value="request">{words.guardrails.asRequest}</option>
            <option value="answer">{words.guardrails.asAnswer}</option>
          </Select>
        </Field>
        {asked.trim() !== '' && (
          <div aria-live="polite">
            <Loaded answer={result} lines={3}>
              {({ findings, masked }) => (
                <div className="flex flex-col gap-4">
                  <Marked text={asked} findings={findings} />
                  <div className="flex flex-col gap-1.5">
                    <h3 className="text-sm font-medium">{words.guardrails.result}</h3>
                    {masked === null ? (
                      <p className="font-medium text-refused">{words.guardrails.stopped}</p>
                    ) : (
                      <p className="rounded-base bg-sunken p-3 font-mono text-xs break-words whitespace-pre-wrap">
                        {masked}
                      </p>
                    )}
                  </div>
                </div>
              )}
            </Loaded>
          </div>
        )}
      </div>
    </Panel>
  );
}

function Marked({ text, findings }: { readonly text: string; readonly findings: readonly GuardFinding[] }) {
  const words = useWords();
  if (findings.length === 0) return <p className="text-sm text-soft">{words.guardrails.nothing}</p>;
  let at = 0;
  return (
    <div className="flex flex-col gap-3">
      <p className="text-sm break-words whitespace-pre-wrap">
        {findings.map(({ detector, start, end }) => {
          const before = text.slice(at, start);
          at = end;
          return (
            <span key={start}>
              {before}
              <mark className="rounded-sm bg-waiting-wash px-0.5 text-ink underline decoration-waiting decoration-2 underline-offset-3">
                {text.slice(start, end)}
                <span className="sr-only">{` (${words.guardrails.detectors[detector]})`}</span>
              </mark>
            </span>
          );
        })}
        {text.slice(at)}
      </p>
      <div className="flex flex-col gap-1.5">
        <h3 className="text-sm font-medium">{words.guardrails.found}</h3>
        <ul className="m-0 flex list-none flex-col gap-1 p-0 text-sm">
          {findings.map(({ detector, start, end, action }) => (
            <li key={start} className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <code className="font-mono text-xs">{text.slice(start, end)}</code>
              <span className="text-soft">{words.guardrails.detectors[detector]}</span>
              <Badge tone={action === 'block' ? 'refused' : action === null ? 'neutral' : 'waiting'}>
                {action === null ? words.guardrails.noRule : words.guardrails.actions[action]}
              </Badge>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

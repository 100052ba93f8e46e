import { type PromptDetail, promptsOperations, type PromptText } from '@kulning/sdk';
import { useState } from 'react';

import { useAct } from '../app/api.tsx';
import { errorAt } from '../app/form.ts';
import { Button } from '../ui/button.tsx';
import { Field, Select, TextArea, TextInput } from '../ui/field.tsx';
import { Problem } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';
import { declaredFor, messagesOf, type Variables, valueOf, writtenOf } from './prompt-draft.ts';

const first: PromptText = { messages: [{ role: 'user', content: '{{question}}' }], variables: {} };

interface PromptEditorProps {
  /** Absent: a new template. */
  readonly prompt?: { readonly id: string; readonly text: PromptText };
  readonly onSaved: (prompt: PromptDetail) => void;
}

/** Writes a version: the messages as text, and below them the variables that the text uses. */
export function PromptEditor({ prompt, onSaved }: PromptEditorProps) {
  const words = useWords();
  const given = prompt?.text ?? first;
  const [name, setName] = useState('');
  const [written, setWritten] = useState(writtenOf(given));
  const [variables, setVariables] = useState(given.variables);
  const [model, setModel] = useState(given.model ?? '');
  const changes = [promptsOperations.list, promptsOperations.get, promptsOperations.version];
  const create = useAct(promptsOperations.create, changes);
  const add = useAct(promptsOperations.addVersion, changes);
  const act = prompt ? add : create;
  const messages = messagesOf(written);
  const declared = declaredFor(written, variables);
  const save = () => {
    if (!messages) return;
    const { model: _, ...rest } = given;
    const text = {
      ...rest,
      messages,
      variables: declared,
      ...(model.trim() !== '' && { model: model.trim() }),
    };
    if (prompt) add.mutate({ params: { promptId: prompt.id }, body: { text } }, { onSuccess: onSaved });
    else create.mutate({ body: { name, text } }, { onSuccess: onSaved });
  };
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      {!prompt && (
        <Field label={words.prompts.name} hint={words.prompts.nameHint} error={errorAt(act.error, 'name')}>
          <TextInput
            required
            value={name}
            maxLength={120}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
        </Field>
      )}
      <Field
        label={words.prompts.text}
        hint={words.prompts.textHint}
        error={messages ? undefined : words.prompts.unreadable}
      >
        <TextArea
          rows={12}
          required
          spellCheck={false}
          className="font-mono text-xs"
          value={written}
          onChange={({ currentTarget }) => setWritten(currentTarget.value)}
        />
      </Field>
      <VariableFields
        variables={declared}
        onChange={(changed, to) => setVariables({ ...declared, [changed]: to })}
      />
      <Field label={words.prompts.model}>
        <TextInput
          value={model}
          maxLength={300}
          onChange={({ currentTarget }) => setModel(currentTarget.value)}
        />
      </Field>
      {act.error && <Problem error={act.error} />}
      <div>
        <Button kind="primary" type="submit" busy={act.isPending} disabled={!messages}>
          {prompt ? words.prompts.save : words.prompts.saveFirst}
        </Button>
      </div>
    </form>
  );
}

interface VariableFieldsProps {
  readonly variables: Variables;
  readonly onChange: (name: string, to: Variables[string]) => void;
}

function VariableFields({ variables, onChange }: VariableFieldsProps) {
  const words = useWords();
  const names = Object.keys(variables);
  return (
    <fieldset className="m-0 flex min-w-0 flex-col gap-2 border-0 p-0">
      <legend className="text-sm font-medium">{words.prompts.variables}</legend>
      <p className="text-xs text-soft">
        {names.length === 0 ? words.prompts.noVariables : words.prompts.variablesHint}
      </p>
      {Object.entries(variables).map(([name, variable]) => (
        <div key={name} className="grid gap-2 sm:grid-cols-[minmax(0,1fr)_9rem_minmax(0,1fr)] sm:items-end">
          <code className="font-mono text-xs break-all sm:pb-2.5">{`{{${name}}}`}</code>
          <Field
            label={
              <>
                <span className="sr-only">{`${name}, `}</span>
                {words.prompts.type}
              </>
            }
          >
            <Select
              value={variable.type}
              onChange={({ target }) => {
                const { default: _, ...rest } = variable;
                onChange(name, { ...rest, type: target.value as Variables[string]['type'] });
              }}
            >
              {Object.entries(words.prompts.types).map(([type, label]) => (
                <option key={type} value={type}>
                  {label}
                </option>
              ))}
            </Select>
          </Field>
          <Field
            label={
              <>
                <span className="sr-only">{`${name}, `}</span>
                {words.prompts.defaultValue}
              </>
            }
          >
            <TextInput
              placeholder={words.prompts.required}
              type={variable.type === 'number' || variable.type === 'integer' ? 'number' : 'text'}
              step={variable.type === 'integer' ? 1 : 'any'}
              value={String(variable.default ?? '')}
              onChange={({ currentTarget }) => {
                const { default: _, ...rest } = variable;
                const value = valueOf(variable.type, currentTarget.value);
                onChange(name, value === undefined ? rest : { ...rest, default: value });
              }}
            />
          </Field>
        </div>
      ))}
    </fieldset>
  );
}

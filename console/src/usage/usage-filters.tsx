import { identityOperations, modelsOperations, sitesOperations } from '@kulning/sdk';
import type { ReactNode } from 'react';

import { useOperation } from '../app/api.tsx';
import { siteName } from '../app/names.ts';
import { useMay } from '../app/session.tsx';
import { Button } from '../ui/button.tsx';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { useWords } from '../words/words.tsx';
import { type RangeSearch, usageRanges } from './usage-range.ts';

export interface FilterSearch extends RangeSearch {
  readonly model?: string | undefined;
  readonly key?: string | undefined;
  readonly site?: string | undefined;
}

interface FiltersProps {
  readonly search: FilterSearch;
  readonly onChange: (part: Partial<FilterSearch>) => void;
  readonly withSite?: boolean;
  readonly withRange?: boolean;
  readonly children?: ReactNode;
}

/** What is looked at; all of it stands in the address. */
export function UsageFilters({
  search,
  onChange,
  withSite = false,
  withRange = true,
  children,
}: FiltersProps) {
  const words = useWords();
  const { model, key, site, from, to } = search;
  const filtered = [model, key, site, from, to].some((value) => value !== undefined);
  return (
    <form
      aria-label={words.common.filter}
      onSubmit={(event) => event.preventDefault()}
      className="grid grid-cols-2 items-end gap-3 sm:grid-cols-3 lg:flex lg:flex-wrap"
    >
      {withRange && <RangeFields search={search} onChange={onChange} />}
      {children}
      <ModelField value={model} onChange={(value) => onChange({ model: value })} />
      <KeyField value={key} onChange={(value) => onChange({ key: value })} />
      {withSite && <SiteField value={site} onChange={(value) => onChange({ site: value })} />}
      {filtered && (
        <Button
          kind="quiet"
          onClick={() =>
            onChange({ model: undefined, key: undefined, site: undefined, from: undefined, to: undefined })
          }
        >
          {words.common.clearFilter}
        </Button>
      )}
    </form>
  );
}

function RangeFields({ search, onChange }: Pick<FiltersProps, 'search' | 'onChange'>) {
  const words = useWords();
  const own = search.from !== undefined || search.to !== undefined;
  const today = new Date().toISOString().slice(0, 10);
  const choose = (value: string) => {
    const range = usageRanges.find((name) => name === value);
    if (range) onChange({ range, from: undefined, to: undefined });
    else onChange({ from: today, to: undefined });
  };
  return (
    <>
      <Field label={words.usage.range} className="max-sm:col-span-2 lg:w-52">
        <Select value={own ? 'own' : (search.range ?? '24h')} onChange={({ target }) => choose(target.value)}>
          {usageRanges.map((name) => (
            <option key={name} value={name}>
              {words.usage.ranges[name]}
            </option>
          ))}
          <option value="own">{words.usage.ownRange}</option>
        </Select>
      </Field>
      {own && (
        <>
          <Field label={words.usage.from} className="lg:w-40">
            <TextInput
              type="date"
              value={search.from ?? ''}
              max={today}
              onChange={({ target }) => onChange({ from: target.value || undefined })}
            />
          </Field>
          <Field label={words.usage.to} className="lg:w-40">
            <TextInput
              type="date"
              value={search.to ?? ''}
              onChange={({ target }) => onChange({ to: target.value || undefined })}
            />
          </Field>
        </>
      )}
    </>
  );
}

interface Choice {
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function ModelField(choice: Choice) {
  const words = useWords();
  const may = useMay();
  const models = useOperation(modelsOperations.list, undefined, { enabled: may('models:read') });
  const names = new Set(models.data?.items.map(({ name }) => name));
  return (
    <ChoiceField label={words.usage.model} options={[...names].map((name) => [name, name])} {...choice} />
  );
}

function KeyField(choice: Choice) {
  const words = useWords();
  const may = useMay();
  const keys = useOperation(identityOperations.listKeys, undefined, { enabled: may('keys:read') });
  const options = keys.data?.items.map(({ id, name }): [string, string] => [id, name]) ?? [];
  return <ChoiceField label={words.usage.key} options={options} {...choice} />;
}

function SiteField(choice: Choice) {
  const words = useWords();
  const may = useMay();
  const sites = useOperation(sitesOperations.list, undefined, { enabled: may('sites:read') });
  const options =
    sites.data?.items.map(({ id, name }): [string, string] => [id, siteName(name, words)]) ?? [];
  return <ChoiceField label={words.usage.site} options={options} {...choice} />;
}

/** What the address says stays chosen, also where the list does not know it any more. */
function ChoiceField({
  label,
  options,
  value,
  onChange,
}: Choice & { readonly label: string; readonly options: readonly (readonly [id: string, name: string])[] }) {
  const words = useWords();
  const known = value === undefined || options.some(([id]) => id === value);
  return (
    <Field label={label} className="lg:w-44">
      <Select value={value ?? ''} onChange={({ target }) => onChange(target.value || undefined)}>
        <option value="">{words.common.all}</option>
        {!known && <option value={value}>{value}</option>}
        {options.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
    </Field>
  );
}

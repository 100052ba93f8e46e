import { sitesOperations, type KulningError, type Site } from '@kulning/sdk';
import { useState, type ComponentProps } from 'react';

import { useAct } from '../app/api.tsx';
import { errorAt, onSubmit, type FormTexts } from '../app/form.ts';
import { Button } from '../ui/button.tsx';
import { CountrySelect } from '../ui/country-select.tsx';
import { Checkbox, Field, TextArea, TextInput } from '../ui/field.tsx';
import { Problem } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';
import { declarationOf, numberOf, stated } from './site-declaration.ts';
import { figureNames } from './site-figures.tsx';

const slugOf = (name: string) =>
  name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 63);

/** What the form holds of a site that is known already. */
function textsOfSite(site: Site): FormTexts {
  return {
    name: site.name,
    place: site.place,
    latitude: site.latitude?.toString(),
    longitude: site.longitude?.toString(),
    country: site.country?.value,
    operator: site.operator?.value,
    parentName: site.parent?.value.name,
    parentCountry: site.parent?.value.country,
    gridZone: site.gridZone?.value,
    opensAt: site.opensAt?.value.slice(0, 10),
    closesAt: site.closesAt?.value.slice(0, 10),
    certifications: site.certifications.map(({ value }) => value).join('\n') || undefined,
    ...Object.fromEntries(figureNames.map((name) => [name, site[name]?.value.toString()])),
  };
}

/** Adds a site or changes one. What a person declares is tier T0, whoever they are. */
export function SiteForm({ site, onDone }: { readonly site?: Site; readonly onDone: (site: Site) => void }) {
  const words = useWords();
  const create = useAct(sitesOperations.create, [sitesOperations.list]);
  const update = useAct(sitesOperations.update, [sitesOperations.list, sitesOperations.history]);
  const [before] = useState(() => (site ? textsOfSite(site) : {}));
  const error: KulningError | null = create.error ?? update.error;

  const save = (texts: FormTexts) => {
    const declared = declarationOf(texts, before);
    const place = {
      name: texts.name ?? '',
      place: texts.place ?? '',
      ...(texts.latitude !== undefined && { latitude: numberOf(texts.latitude) }),
      ...(texts.longitude !== undefined && { longitude: numberOf(texts.longitude) }),
    };
    if (site)
      update.mutate({ params: { id: site.id }, body: { ...place, ...declared } }, { onSuccess: onDone });
    else
      create.mutate(
        {
          body: {
            slug: slugOf(place.name),
            ...place,
            simulated: texts.simulated !== undefined,
            ...stated(declared),
          },
        },
        { onSuccess: onDone },
      );
  };
  const text = (
    name: string,
    label: string,
    more: Omit<ComponentProps<'input'>, 'name'> & { readonly hint?: string } = {},
  ) => {
    const { hint, ...rest } = more;
    return (
      <Field label={label} {...(hint !== undefined && { hint })} error={errorAt(error, name)}>
        <TextInput name={name} defaultValue={before[name]} {...rest} />
      </Field>
    );
  };
  return (
    <form className="flex flex-col gap-4 px-4 py-4" onSubmit={onSubmit(save)}>
      <p className="text-sm text-soft">{words.sites.declared}</p>
      {text('name', words.sites.name, { required: true, maxLength: 100 })}
      {text('place', words.sites.place, { required: true, maxLength: 200 })}
      <div className="grid grid-cols-2 gap-3">
        {text('latitude', words.sites.latitude, { inputMode: 'decimal' })}
        {text('longitude', words.sites.longitude, { inputMode: 'decimal' })}
      </div>
      {!site && <Checkbox name="simulated" label={words.sites.simulatedLabel} />}
      <Field label={words.sites.country} error={errorAt(error, 'country')}>
        <CountrySelect name="country" defaultValue={before.country} />
      </Field>
      {text('operator', words.sites.operator)}
      {text('parentName', words.sites.parentName, { hint: words.claim.parentHint })}
      <Field label={words.claim.parentCountry} error={errorAt(error, 'parent.country')}>
        <CountrySelect name="parentCountry" defaultValue={before.parentCountry} />
      </Field>
      {text('gridZone', words.sites.gridZone, { placeholder: 'SE3' })}
      <Field label={words.sites.certifications} hint={words.sites.certificationsHint}>
        <TextArea name="certifications" rows={2} defaultValue={before.certifications} />
      </Field>
      <div className="grid grid-cols-2 gap-3">
        {text('opensAt', words.sites.opensAt, { type: 'date' })}
        {text('closesAt', words.sites.closesAt, { type: 'date' })}
        {figureNames.map((name) => (
          <div key={name}>{text(name, words.sites.figureInputs[name], { inputMode: 'decimal' })}</div>
        ))}
      </div>
      {error && <Problem error={error} />}
      <Button kind="primary" type="submit" busy={create.isPending || update.isPending} className="self-start">
        {words.common.save}
      </Button>
    </form>
  );
}

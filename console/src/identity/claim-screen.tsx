import { identityOperations, instanceOperations } from '@kulning/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { useAct, useOperation } from '../app/api.tsx';
import { errorAt, onSubmit, type FormTexts } from '../app/form.ts';
import { Outside } from '../app/outside.tsx';
import { numberOf } from '../sites/site-declaration.ts';
import { Button } from '../ui/button.tsx';
import { CountrySelect } from '../ui/country-select.tsx';
import { Checkbox, Field, Select, TextInput } from '../ui/field.tsx';
import { Problem } from '../ui/states.tsx';
import { languages, type Language } from '../words/format.ts';
import { useSpeech } from '../words/words.tsx';

/**
 * The first person takes the instance over, with the one-time token that its first start printed. It stands after the
 * address's `#`, which browsers send to nobody.
 */
export function ClaimScreen() {
  const { words, language, setLanguage } = useSpeech();
  const token = useLocation({ select: ({ hash }) => hash }) || undefined;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const status = useOperation(instanceOperations.status, undefined);
  const act = useAct(identityOperations.claim);
  const [ownParent, setOwnParent] = useState(true);
  useEffect(() => {
    document.title = `${words.claim.title} · Kulning`;
  }, [words]);

  const claim = (texts: FormTexts) =>
    act.mutate(
      { body: claimOf(texts, language, ownParent) },
      {
        onSuccess: () => {
          queries.clear();
          void navigate({ to: '/' });
        },
      },
    );

  if (status.data?.claimed === true) {
    return (
      <Outside title={words.claim.already} lead={words.claim.alreadyLead}>
        <Link to="/login" search={{}} className="prose-link">
          {words.login.title}
        </Link>
      </Outside>
    );
  }
  return (
    <Outside title={words.claim.title} lead={words.claim.lead}>
      <form onSubmit={onSubmit(claim)} className="flex flex-col gap-8">
        <fieldset className="flex flex-col gap-4">
          <legend className="mb-3 text-base font-semibold">{words.claim.you}</legend>
          {token === undefined ? (
            <Field label={words.claim.token} hint={words.claim.tokenHint} error={errorAt(act.error, 'token')}>
              <TextInput name="token" required minLength={20} autoComplete="off" />
            </Field>
          ) : (
            <input type="hidden" name="token" value={token} />
          )}
          <Field label={words.frame.language}>
            <Select value={language} onChange={(event) => setLanguage(event.target.value as Language)}>
              {languages.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </Select>
          </Field>
          <Field label={words.claim.organisation} error={errorAt(act.error, 'organisation')}>
            <TextInput name="organisation" required maxLength={120} autoComplete="organization" />
          </Field>
          <Field label={words.claim.name} error={errorAt(act.error, 'name')}>
            <TextInput name="name" required maxLength={120} autoComplete="name" />
          </Field>
          <Field label={words.login.email} error={errorAt(act.error, 'email')}>
            <TextInput name="email" type="email" required autoComplete="username" />
          </Field>
          <Field
            label={words.login.passphrase}
            hint={words.claim.passphraseHint}
            error={errorAt(act.error, 'passphrase')}
          >
            <TextInput
              name="passphrase"
              type="password"
              required
              minLength={12}
              maxLength={200}
              autoComplete="new-password"
            />
          </Field>
        </fieldset>
        <MachineFields error={act.error} ownParent={ownParent} onOwnParent={setOwnParent} />
        {act.isError && <Problem error={act.error} />}
        <Button kind="primary" type="submit" busy={act.isPending} className="self-start">
          {words.claim.action}
        </Button>
      </form>
    </Outside>
  );
}

/** The contract's claim from the form's texts; what is missing the server names by its path. */
function claimOf(texts: FormTexts, language: Language, ownParent: boolean) {
  const { parentName, parentCountry, place, latitude, longitude } = texts;
  const parent =
    ownParent || parentName === undefined || parentCountry === undefined
      ? undefined
      : { name: parentName, country: parentCountry };
  return {
    token: texts.token ?? '',
    organisation: texts.organisation ?? '',
    name: texts.name ?? '',
    email: texts.email ?? '',
    passphrase: texts.passphrase ?? '',
    language,
    machine: {
      country: texts.country ?? '',
      operator: texts.operator ?? '',
      ...(parent && { parent }),
      ...(place !== undefined && { place }),
      ...(latitude !== undefined && { latitude: numberOf(latitude) }),
      ...(longitude !== undefined && { longitude: numberOf(longitude) }),
    },
  };
}

interface MachineFieldsProps {
  readonly error: Parameters<typeof errorAt>[0];
  readonly ownParent: boolean;
  readonly onOwnParent: (own: boolean) => void;
}

/** Where the machine stands and who is behind it: without these facts `personal` stays refused. */
function MachineFields({ error, ownParent, onOwnParent }: MachineFieldsProps) {
  const { words } = useSpeech();
  return (
    <fieldset className="flex flex-col gap-4">
      <legend className="mb-1 text-base font-semibold">{words.claim.machine}</legend>
      <p className="text-sm text-soft">{words.claim.machineLead}</p>
      <Field label={words.claim.country} error={errorAt(error, 'country')}>
        <CountrySelect name="country" required />
      </Field>
      <Field label={words.claim.place} hint={words.claim.placeHint} error={errorAt(error, 'place')}>
        <TextInput name="place" maxLength={120} autoComplete="address-level2" />
      </Field>
      <details className="text-sm">
        <summary className="w-fit text-soft">{words.claim.coordinates}</summary>
        <div className="mt-3 grid grid-cols-2 gap-3">
          <Field label={words.claim.latitude} error={errorAt(error, 'latitude')}>
            <TextInput name="latitude" inputMode="decimal" placeholder="60.73" />
          </Field>
          <Field label={words.claim.longitude} error={errorAt(error, 'longitude')}>
            <TextInput name="longitude" inputMode="decimal" placeholder="14.99" />
          </Field>
        </div>
      </details>
      <Field label={words.claim.operator} hint={words.claim.operatorHint} error={errorAt(error, 'operator')}>
        <TextInput name="operator" required maxLength={120} />
      </Field>
      <Checkbox
        label={words.claim.ownParent}
        checked={ownParent}
        onChange={(event) => onOwnParent(event.target.checked)}
      />
      {!ownParent && (
        <>
          <Field
            label={words.claim.parent}
            hint={words.claim.parentHint}
            error={errorAt(error, 'parent.name')}
          >
            <TextInput name="parentName" required maxLength={120} />
          </Field>
          <Field label={words.claim.parentCountry} error={errorAt(error, 'parent.country')}>
            <CountrySelect name="parentCountry" required />
          </Field>
        </>
      )}
    </fieldset>
  );
}

import { identityOperations } from '@kulning/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';

import { useAct } from '../app/api.tsx';
import { errorAt, onSubmit } from '../app/form.ts';
import { Outside } from '../app/outside.tsx';
import { safeNext } from '../app/safe-next.ts';
import { Button } from '../ui/button.tsx';
import { Field, TextInput } from '../ui/field.tsx';
import { Problem } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';

const route = getRouteApi('/login');

export function LoginScreen() {
  const words = useWords();
  const { next } = route.useSearch();
  const router = useRouter();
  const queries = useQueryClient();
  const act = useAct(identityOperations.login);
  useEffect(() => {
    document.title = `${words.login.title} · Kulning`;
  }, [words]);
  return (
    <Outside title={words.login.title}>
      <form
        className="flex flex-col gap-4"
        onSubmit={onSubmit(({ email = '', passphrase = '' }) =>
          act.mutate(
            { body: { email, passphrase } },
            {
              onSuccess: () => {
                queries.clear();
                void router.navigate({ href: safeNext(next) });
              },
            },
          ),
        )}
      >
        <Field label={words.login.email} error={errorAt(act.error, 'email')}>
          <TextInput name="email" type="email" required autoComplete="username" />
        </Field>
        <Field label={words.login.passphrase} error={errorAt(act.error, 'passphrase')}>
          <TextInput
            name="passphrase"
            type="password"
            required
            maxLength={200}
            autoComplete="current-password"
          />
        </Field>
        {act.isError && <Problem error={act.error} />}
        <Button kind="primary" type="submit" busy={act.isPending} className="self-start">
          {words.login.action}
        </Button>
        <p className="text-xs text-soft">{words.login.forgotten}</p>
      </form>
    </Outside>
  );
}

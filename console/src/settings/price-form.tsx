import { deploymentsOperations, pricesOperations } from '@kulning/sdk';

import { useAct, useOperation } from '../app/api.tsx';
import { errorAt, onSubmit } from '../app/form.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { Problem } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';

/** A new version of one deployment's price, from now on. */
export function PriceForm({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const words = useWords();
  const deployments = useOperation(deploymentsOperations.list, undefined, { enabled: open });
  const act = useAct(pricesOperations.set, [pricesOperations.list]);
  const euro = (name: 'eurPerMillionInput' | 'eurPerMillionOutput' | 'eurPerCall', label: string) => (
    <Field label={label} error={errorAt(act.error, name)}>
      <TextInput name={name} type="number" min={0} step="any" required defaultValue="0" />
    </Field>
  );
  return (
    <Dialog open={open} onClose={onClose} title={words.billing.set} description={words.billing.setLead}>
      <form
        className="flex flex-col gap-4"
        onSubmit={onSubmit((texts) =>
          act.mutate(
            {
              body: {
                deploymentId: texts.deploymentId ?? '',
                eurPerMillionInput: Number(texts.eurPerMillionInput),
                eurPerMillionOutput: Number(texts.eurPerMillionOutput),
                eurPerCall: Number(texts.eurPerCall),
              },
            },
            { onSuccess: onClose },
          ),
        )}
      >
        <Field label={words.billing.deployment} error={errorAt(act.error, 'deploymentId')}>
          <Select name="deploymentId" required>
            {deployments.data?.items.map(({ id, model }) => (
              <option key={id} value={id}>
                {model} · {id}
              </option>
            ))}
          </Select>
        </Field>
        {euro('eurPerMillionInput', words.billing.input)}
        {euro('eurPerMillionOutput', words.billing.output)}
        {euro('eurPerCall', words.billing.perCall)}
        {act.isError && <Problem error={act.error} />}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{words.common.cancel}</Button>
          <Button kind="primary" type="submit" busy={act.isPending}>
            {words.billing.set}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

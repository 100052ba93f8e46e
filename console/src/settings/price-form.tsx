import { pricesOperations } from '@kulning/sdk';

import { useAct } from '../app/api.tsx';
import { errorAt } from '../app/form.ts';
import { Field, Select, TextInput } from '../ui/field.tsx';
import { FormDialog } from '../ui/form-dialog.tsx';
import { useWords } from '../words/words.tsx';
import { useDeploymentNames } from './deployment-names.ts';

/** A new version of one deployment's price, from now on. */
export function PriceForm({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const words = useWords();
  const deployments = useDeploymentNames(open);
  const act = useAct(pricesOperations.set, [pricesOperations.list]);
  const euro = (name: 'eurPerMillionInput' | 'eurPerMillionOutput' | 'eurPerCall', label: string) => (
    <Field label={label} error={errorAt(act.error, name)}>
      <TextInput name={name} type="number" min={0} step="any" required defaultValue="0" />
    </Field>
  );
  return (
    <FormDialog
      open={open}
      onClose={onClose}
      title={words.billing.set}
      lead={words.billing.setLead}
      action={words.billing.set}
      act={act}
      onSubmit={(texts) =>
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
        )
      }
    >
      <Field label={words.billing.deployment} error={errorAt(act.error, 'deploymentId')}>
        <Select name="deploymentId" required>
          {[...deployments].map(([id, { model, site }]) => (
            <option key={id} value={id}>
              {[model, site].join(' · ')}
            </option>
          ))}
        </Select>
      </Field>
      {euro('eurPerMillionInput', words.billing.input)}
      {euro('eurPerMillionOutput', words.billing.output)}
      {euro('eurPerCall', words.billing.perCall)}
    </FormDialog>
  );
}

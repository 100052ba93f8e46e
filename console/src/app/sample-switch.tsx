import { Button } from '../ui/button.tsx';
import { Problem } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';
import { useSession } from './session.tsx';
import { useSwitchOrganisation } from './use-switch-organisation.ts';

/** The way into the sample company, for who stands outside it; nothing where there is none. */
export function SampleSwitch({ href }: { readonly href: string }) {
  const words = useWords();
  const { organisation, organisations } = useSession();
  const { change, error, isPending } = useSwitchOrganisation();
  const sample = organisations.find(({ demonstration }) => demonstration);
  if (!sample || sample.id === organisation.id) return null;
  return (
    <div className="flex flex-col items-start gap-2">
      <Button busy={isPending} className="h-auto whitespace-normal" onClick={() => change(sample.id, href)}>
        {words.frame.toSample}
      </Button>
      {error && <Problem error={error} />}
    </div>
  );
}

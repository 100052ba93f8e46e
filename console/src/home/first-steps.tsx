import type { instanceOperations, OperationResult } from '@kulning/sdk';
import { Link } from '@tanstack/react-router';

import type { Answer } from '../app/api.tsx';
import { useSession } from '../app/session.tsx';
import { useSwitchOrganisation } from '../app/use-switch-organisation.ts';
import { CheckIcon } from '../ui/icons.tsx';
import { Panel } from '../ui/panel.tsx';
import { Loaded, Problem } from '../ui/states.tsx';
import { useWords } from '../words/words.tsx';

type Steps = OperationResult<typeof instanceOperations.steps>;
type StepId = Steps['items'][number]['id'];

interface Step {
  readonly id: StepId;
  readonly href: string;
  /** It needs a mail or a contact of the sample company, so it is taken there. */
  readonly inSample: boolean;
}

const steps: readonly Step[] = [
  { id: 'triage', href: '/models/playground', inSample: true },
  { id: 'refusal', href: '/models/playground?class=none', inSample: true },
  { id: 'erase', href: '/proof/person', inSample: true },
  { id: 'verify', href: '/proof/receipts', inSample: true },
  { id: 'model', href: '/models?add=true', inSample: false },
];

/** Five steps, each under a minute and with nothing to set up. */
export function FirstSteps({ steps: answer }: { readonly steps: Answer<Steps> }) {
  const words = useWords();
  const { organisation, organisations } = useSession();
  const { change, error } = useSwitchOrganisation();
  /** Where a step is taken, if that is not here. */
  const elsewhere = (inSample: boolean) =>
    organisation.demonstration === inSample
      ? undefined
      : organisations.find(({ demonstration }) => demonstration === inSample)?.id;
  const goTo = (id: string | undefined, href: string) =>
    id === undefined ? undefined : () => change(id, href);
  return (
    <Panel title={words.steps.title} flush>
      {error && <Problem error={error} />}
      <Loaded answer={answer} lines={3}>
        {({ items }) => (
          <ol className="m-0 grid list-none p-0 max-md:divide-y max-md:divide-line md:grid-cols-5 md:divide-x md:divide-line">
            {steps.map((step, index) => (
              <StepItem
                key={step.id}
                step={step}
                done={items.some(({ id, done }) => id === step.id && done)}
                number={index + 1}
                onGo={goTo(elsewhere(step.inSample), step.href)}
              />
            ))}
          </ol>
        )}
      </Loaded>
      {elsewhere(true) !== undefined && (
        <p className="border-t border-line px-4 py-2 text-xs text-soft">{words.steps.inSample}</p>
      )}
    </Panel>
  );
}

interface StepItemProps {
  readonly step: Step;
  readonly done: boolean;
  readonly number: number;
  /** Set where the step lies in another organisation. */
  readonly onGo: (() => void) | undefined;
}

function StepItem({ step, done, number, onGo }: StepItemProps) {
  const words = useWords();
  const { title, text } = words.steps[step.id];
  const look =
    'text-left font-medium underline decoration-line-strong underline-offset-3 hover:decoration-current';
  return (
    <li className="flex gap-3 p-4 md:flex-col">
      <span
        aria-hidden="true"
        className={`grid size-6 shrink-0 place-items-center rounded-full text-xs font-semibold ${done ? 'bg-lawful-wash text-lawful' : 'border border-line-strong text-soft'}`}
      >
        {done ? <CheckIcon className="size-3.5" /> : number}
      </span>
      <span className="min-w-0">
        {onGo ? (
          <button type="button" onClick={onGo} className={look}>
            {title}
          </button>
        ) : (
          <Link to={step.href} className={look}>
            {title}
          </Link>
        )}
        <span className="mt-1 block text-xs text-soft">{text}</span>
        {done && <span className="mt-1 block text-xs font-medium text-lawful">{words.steps.done}</span>}
      </span>
    </li>
  );
}

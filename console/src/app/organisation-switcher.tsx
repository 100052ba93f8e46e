import { useNavigate } from '@tanstack/react-router';

import { Hatched } from '../ui/badge.tsx';
import { ChevronIcon } from '../ui/icons.tsx';
import { Mark } from '../ui/mark.tsx';
import { Menu, type MenuEntry } from '../ui/menu.tsx';
import { useSpeech, useWords } from '../words/words.tsx';
import { organisationName } from './names.ts';
import { useSession } from './session.tsx';
import { useSwitchOrganisation } from './use-switch-organisation.ts';

/** In whose name the reader acts; an agency's clients stand under it. */
export function OrganisationSwitcher() {
  const words = useWords();
  const { organisation } = useSession();
  const entries = useEntries();
  const name = organisationName(organisation);
  return (
    <div className="border-b border-line p-2">
      <Menu
        align="start"
        triggerClass="flex min-h-10 w-full items-center gap-2 rounded-base px-2 text-left text-sm hover:bg-ground"
        trigger={
          <>
            <Mark />
            <span className="sr-only">{words.frame.organisation} </span>
            <span className="min-w-0 flex-1">
              <span className="line-clamp-2 font-semibold break-words">{name}</span>
              {organisation.demonstration && <Hatched>{words.frame.demonstration}</Hatched>}
            </span>
            <ChevronIcon className="size-4 text-soft" />
          </>
        }
        entries={entries}
      />
    </div>
  );
}

function useEntries(): readonly MenuEntry[] {
  const { words, language } = useSpeech();
  const { organisation, organisations } = useSession();
  const navigate = useNavigate();
  const { change, error } = useSwitchOrganisation();
  const isClient = (parentId: string | null) => organisations.some(({ id }) => id === parentId);
  return [
    {
      id: 'organisations',
      kind: 'choices',
      label: words.frame.organisations,
      value: organisation.id,
      onChoose: (id) => id !== organisation.id && change(id),
      choices: organisations.map((choice) => ({
        value: choice.id,
        label: (
          <span className={`flex items-center gap-2 ${isClient(choice.parentId) ? 'pl-3' : ''}`}>
            <span className="min-w-0 flex-1 break-words">{organisationName(choice)}</span>
            {choice.demonstration && <Hatched>{words.frame.demonstration}</Hatched>}
          </span>
        ),
      })),
    },
    {
      id: 'clients',
      kind: 'actions',
      actions: [
        {
          label: words.frame.manageClients,
          onSelect: () => void navigate({ to: '/settings/clients' }),
        },
      ],
    },
    ...(error ? [{ id: 'error', kind: 'note', text: error.text[language].message } as const] : []),
  ];
}

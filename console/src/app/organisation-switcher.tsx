import { useNavigate } from '@tanstack/react-router';

import { Hatched } from '../ui/badge.tsx';
import { ChevronIcon } from '../ui/icons.tsx';
import { Mark } from '../ui/mark.tsx';
import { Menu, MenuChoices, MenuItem, MenuLine, MenuNote } from '../ui/menu.tsx';
import { useWords } from '../words/words.tsx';
import { useSession } from './session.tsx';
import { useSwitchOrganisation } from './use-switch-organisation.ts';

/** In whose name the reader acts; an agency's clients stand under it. */
export function OrganisationSwitcher() {
  const words = useWords();
  const session = useSession();
  const navigate = useNavigate();
  const { change, error } = useSwitchOrganisation();
  const { name: own, demonstration: isDemonstration } = session.organisation;
  // What is seen stands in what is spoken (WCAG 2.5.3).
  const seen = isDemonstration ? `${own} ${words.frame.demonstration}` : own;
  return (
    <div className="border-b border-line p-2">
      <Menu
        label={words.frame.switchOrganisation(seen)}
        align="start"
        triggerClass="flex min-h-10 w-full items-center gap-2 rounded-base px-2 text-left text-sm hover:bg-ground"
        trigger={
          <>
            <Mark />
            <span className="min-w-0 flex-1">
              <span className="line-clamp-2 font-semibold break-words">{session.organisation.name}</span>
              {session.organisation.demonstration && <Hatched>{words.frame.demonstration}</Hatched>}
            </span>
            <ChevronIcon className="size-4 text-soft" />
          </>
        }
      >
        <MenuChoices
          label={words.frame.organisations}
          value={session.organisation.id}
          onChoose={(id) => id !== session.organisation.id && change(id)}
          choices={session.organisations.map(({ id, name, parentId, demonstration }) => ({
            value: id,
            label: (
              <span
                className={`flex items-center gap-2 ${parentId !== null && session.organisations.some((other) => other.id === parentId) ? 'pl-3' : ''}`}
              >
                <span className="min-w-0 flex-1 break-words">{name}</span>
                {demonstration && <Hatched>{words.frame.demonstration}</Hatched>}
              </span>
            ),
          }))}
        />
        <MenuLine />
        <MenuItem onSelect={() => void navigate({ to: '/settings/clients' })}>
          {words.frame.manageClients}
        </MenuItem>
        {error && <MenuNote>{error.message}</MenuNote>}
      </Menu>
    </div>
  );
}

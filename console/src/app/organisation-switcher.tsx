import { identityOperations } from '@kulning/sdk';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

import { Hatched } from '../ui/badge.tsx';
import { ChevronIcon } from '../ui/icons.tsx';
import { Mark } from '../ui/mark.tsx';
import { Menu, MenuChoices, MenuItem, MenuLine, MenuNote } from '../ui/menu.tsx';
import { useWords } from '../words/words.tsx';
import { useAct } from './api.tsx';
import { useSession } from './session.tsx';

/** In whose name the reader acts; an agency's clients stand under it. */
export function OrganisationSwitcher() {
  const words = useWords();
  const session = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const act = useAct(identityOperations.switchOrganisation);
  const change = (organisationId: string) => {
    if (organisationId === session.organisation.id) return;
    // Nothing of one organisation may be seen under the name of another: every answer is dropped, not refreshed.
    act.mutate({ body: { organisationId } }, { onSuccess: () => { queries.clear(); void navigate({ to: '/' }); } });
  };
  return (
    <div className="border-b border-line p-2">
      <Menu
        label={words.frame.switchOrganisation(session.organisation.name)}
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
          onChoose={change}
          choices={session.organisations.map(({ id, name, parentId, demonstration }) => ({
            value: id,
            label: (
              <span className={`flex items-center gap-2 ${parentId !== null && session.organisations.some((other) => other.id === parentId) ? 'pl-3' : ''}`}>
                <span className="min-w-0 flex-1 break-words">{name}</span>
                {demonstration && <Hatched>{words.frame.demonstration}</Hatched>}
              </span>
            ),
          }))}
        />
        <MenuLine />
        <MenuItem onSelect={() => void navigate({ to: '/settings/clients' })}>{words.frame.manageClients}</MenuItem>
        {act.isError && <MenuNote>{act.error.message}</MenuNote>}
      </Menu>
    </div>
  );
}

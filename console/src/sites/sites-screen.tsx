import { sitesOperations, type Site } from '@kulning/sdk';
import { getRouteApi } from '@tanstack/react-router';

import { useOperation } from '../app/api.tsx';
import { siteName } from '../app/names.ts';
import { useMay } from '../app/session.tsx';
import { SiteMap } from '../map/site-map.tsx';
import { Button } from '../ui/button.tsx';
import { commandOf, type ScreenCommand } from '../ui/command-lines.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { Split } from '../ui/split.tsx';
import { Empty, Loaded } from '../ui/states.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { sortingOf } from '../ui/table-data.ts';
import { useSpeech } from '../words/words.tsx';
import { SiteDetail } from './site-detail.tsx';
import { siteColumns, SiteFigure } from './site-figures.tsx';
import { SiteForm } from './site-form.tsx';

const route = getRouteApi('/inside/sites');

export function SitesScreen() {
  const { words } = useSpeech();
  const may = useMay();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const sites = useOperation(sitesOperations.list, undefined);
  const go = (part: Partial<typeof search>) =>
    void navigate({
      search: (before) => ({ ...before, site: undefined, edit: undefined, add: undefined, ...part }),
    });
  const chosen = sites.data?.items.find(({ id, slug }) => id === search.site || slug === search.site);
  const columns = useSiteColumns();
  const detail = () => {
    if (search.add === true)
      return {
        id: 'add',
        title: words.sites.add,
        content: <SiteForm onDone={(site) => go({ site: site.id })} />,
      };
    if (!chosen) return undefined;
    if (search.edit === true)
      return {
        id: `${chosen.id} edit`,
        title: words.sites.editOf(siteName(chosen.name, words)),
        content: <SiteForm key={chosen.id} site={chosen} onDone={(site) => go({ site: site.id })} />,
      };
    return {
      id: chosen.id,
      title: siteName(chosen.name, words),
      content: (
        <SiteDetail
          key={chosen.id}
          site={chosen}
          onEdit={() => go({ site: chosen.id, edit: true })}
          onRemoved={() => go({})}
        />
      ),
    };
  };
  return (
    <Screen
      title={words.pages.sites}
      lead={words.sites.lead}
      actions={
        may('sites:write') && (
          <Button kind="primary" onClick={() => go({ add: true })}>
            {words.sites.add}
          </Button>
        )
      }
      commands={commandsOf(chosen, search)}
    >
      <Split detail={detail()} onClose={() => go({})}>
        <Panel flush>
          <Loaded answer={sites} lines={8}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={words.sites.empty}>{words.sites.emptyLead}</Empty>
              ) : (
                <div
                  className={
                    chosen || search.add
                      ? ''
                      : 'grid grid-cols-[minmax(0,1fr)] xl:grid-cols-[minmax(0,18rem)_minmax(0,1fr)] xl:divide-x xl:divide-line'
                  }
                >
                  {!chosen && !search.add && <SiteMap sites={items} />}
                  <Table
                    caption={words.pages.sites}
                    columns={columns}
                    rows={items}
                    rowKey={(site) => site.id}
                    {...sortingOf(
                      search,
                      (part) =>
                        void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
                    )}
                    selected={chosen?.id}
                    onSelect={(site) => go({ site: site.id })}
                    compact={chosen !== undefined || search.add === true}
                    csv="sites.csv"
                  />
                </div>
              )
            }
          </Loaded>
        </Panel>
      </Split>
    </Screen>
  );
}

/** What the screen does at this moment, as commands. */
function commandsOf(
  chosen: Site | undefined,
  { edit, add }: { edit?: boolean | undefined; add?: boolean | undefined },
): ScreenCommand[] {
  const commands: ScreenCommand[] = [commandOf(sitesOperations.list)];
  if (chosen) commands.push(commandOf(sitesOperations.get, { params: { id: chosen.slug } }));
  if (chosen && edit === true)
    commands.push(
      commandOf(sitesOperations.update, { params: { id: chosen.slug }, body: { gramsCo2PerKwh: 20 } }),
    );
  if (add === true)
    commands.push(
      commandOf(sitesOperations.create, {
        body: { slug: 'falun', name: 'Falun', place: 'Falun', country: 'SE' },
      }),
    );
  return commands;
}

function useSiteColumns(): readonly Column<Site>[] {
  const { words, format } = useSpeech();
  return [
    ...siteColumns(words, format),
    {
      id: 'pue',
      title: words.sites.figures.pue,
      align: 'end',
      wide: true,
      cell: (site) => <SiteFigure site={site} name="pue" />,
      value: (site) => site.pue?.value ?? null,
    },
    {
      id: 'price',
      title: words.sites.figures.eurPerMwh,
      align: 'end',
      wide: true,
      cell: (site) => <SiteFigure site={site} name="eurPerMwh" />,
      value: (site) => site.eurPerMwh?.value ?? null,
    },
  ];
}

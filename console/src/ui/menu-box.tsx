import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Fragment } from 'react';

import { CheckIcon } from './icons.tsx';
import type { MenuEntry, MenuProps } from './menu.tsx';

const row =
  'flex min-h-8 cursor-pointer items-center gap-2 rounded-[4px] px-2 py-1 text-sm outline-none data-highlighted:bg-sunken data-disabled:cursor-default data-disabled:text-soft';

/** The menu itself, keyboard and all; `menu.tsx` fetches it when the page is there. */
export function MenuBox({
  label,
  trigger,
  triggerClass,
  align = 'end',
  entries,
  opened,
}: MenuProps & { readonly opened: boolean }) {
  return (
    <BaseMenu.Root modal={false} defaultOpen={opened}>
      <BaseMenu.Trigger aria-label={label} className={triggerClass}>
        {trigger}
      </BaseMenu.Trigger>
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align={align} className="z-50 outline-none">
          <BaseMenu.Popup className="max-h-(--available-height) max-w-[min(20rem,var(--available-width))] min-w-48 overflow-y-auto rounded-base border border-line bg-raised p-1 shadow-lift outline-none">
            {entries.map((entry, index) => (
              <Fragment key={entry.id}>
                {index > 0 && <BaseMenu.Separator className="my-1 h-px bg-line" />}
                <Entry entry={entry} />
              </Fragment>
            ))}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

function Entry({ entry }: { readonly entry: MenuEntry }) {
  switch (entry.kind) {
    case 'note':
      return <div className="px-2 py-1.5 text-xs text-soft">{entry.text}</div>;
    case 'actions':
      return entry.actions.map((action) => (
        <BaseMenu.Item key={action.label} className={row} onClick={action.onSelect}>
          {action.label}
        </BaseMenu.Item>
      ));
    case 'choices':
      return (
        <BaseMenu.RadioGroup
          value={entry.value}
          onValueChange={(next) => entry.onChoose(String(next))}
          aria-label={entry.label}
        >
          {entry.choices.map((choice) => (
            <BaseMenu.RadioItem key={choice.value} value={choice.value} closeOnClick className={row}>
              <span className="grid size-4 place-items-center">
                <BaseMenu.RadioItemIndicator>
                  <CheckIcon />
                </BaseMenu.RadioItemIndicator>
              </span>
              <span className="min-w-0 flex-1">{choice.label}</span>
            </BaseMenu.RadioItem>
          ))}
        </BaseMenu.RadioGroup>
      );
  }
}

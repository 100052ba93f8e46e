import { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactNode } from 'react';

import { CheckIcon } from './icons.tsx';

const row =
  'flex min-h-8 cursor-pointer items-center gap-2 rounded-[4px] px-2 py-1 text-sm outline-none data-highlighted:bg-sunken data-disabled:cursor-default data-disabled:text-soft';

interface MenuProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly triggerClass: string;
  readonly align?: 'start' | 'end';
  readonly children: ReactNode;
}

export function Menu({ label, trigger, triggerClass, align = 'end', children }: MenuProps) {
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger aria-label={label} className={triggerClass}>
        {trigger}
      </BaseMenu.Trigger>
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align={align} className="z-50 outline-none">
          <BaseMenu.Popup className="max-h-(--available-height) max-w-[min(20rem,var(--available-width))] min-w-48 overflow-y-auto rounded-base border border-line bg-raised p-1 shadow-lift outline-none">
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

export function MenuItem({
  onSelect,
  children,
}: {
  readonly onSelect: () => void;
  readonly children: ReactNode;
}) {
  return (
    <BaseMenu.Item className={row} onClick={onSelect}>
      {children}
    </BaseMenu.Item>
  );
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: ReactNode;
}

/** One of several, with the present one ticked. */
export function MenuChoices<T extends string>({
  label,
  value,
  choices,
  onChoose,
}: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChoose: (value: T) => void;
}) {
  return (
    <BaseMenu.RadioGroup value={value} onValueChange={(next) => onChoose(next as T)} aria-label={label}>
      {choices.map((choice) => (
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

export function MenuLine() {
  return <BaseMenu.Separator className="my-1 h-px bg-line" />;
}

export function MenuNote({ children }: { readonly children: ReactNode }) {
  return <div className="px-2 py-1.5 text-xs text-soft">{children}</div>;
}

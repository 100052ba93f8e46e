import { lazy, Suspense, useState, type ReactNode } from 'react';

export interface Choice {
  readonly value: string;
  readonly label: ReactNode;
}

/** A group of a menu; a line stands between groups. */
export type MenuEntry = { readonly id: string } & (
  | { readonly kind: 'note'; readonly text: ReactNode }
  | {
      readonly kind: 'actions';
      readonly actions: readonly { readonly label: string; readonly onSelect: () => void }[];
    }
  | {
      /** One of several, with the present one ticked. */
      readonly kind: 'choices';
      readonly label: string;
      readonly value: string;
      readonly choices: readonly Choice[];
      readonly onChoose: (value: string) => void;
    }
);

export interface MenuProps {
  /** For a trigger that shows no words of its own. */
  readonly label?: string;
  readonly trigger: ReactNode;
  readonly triggerClass: string;
  readonly align?: 'start' | 'end';
  readonly entries: readonly MenuEntry[];
}

/** An eighth of the page's weight: the button stands at once, what it opens is fetched meanwhile. */
const MenuBox = lazy(async () => ({ default: (await import('./menu-box.tsx')).MenuBox }));

export function Menu(props: MenuProps) {
  const [opened, setOpened] = useState(false);
  return (
    <Suspense
      fallback={
        <button
          type="button"
          aria-label={props.label}
          aria-haspopup="menu"
          onClick={() => setOpened(true)}
          className={props.triggerClass}
        >
          {props.trigger}
        </button>
      }
    >
      <MenuBox {...props} opened={opened} />
    </Suspense>
  );
}

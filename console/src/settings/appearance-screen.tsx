import { useState } from 'react';

import { chosenTheme, chooseTheme, type ThemeChoice } from '../theme/theme.ts';
import { Panel } from '../ui/panel.tsx';
import { Screen } from '../ui/screen.tsx';
import { languages } from '../words/format.ts';
import { useSpeech } from '../words/words.tsx';

interface ChoicesProps<T extends string> {
  readonly title: string;
  readonly name: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly label: string; readonly lang?: string }[];
  readonly onChoose: (value: T) => void;
}

/** Taste stays in this browser; nothing of it is sent anywhere. */
export function AppearanceScreen() {
  const { words, language, setLanguage } = useSpeech();
  const [theme, setTheme] = useState(chosenTheme);
  const themes: readonly ThemeChoice[] = ['system', 'light', 'dark'];
  return (
    <Screen title={words.pages.appearance} lead={words.appearance.lead}>
      <Choices
        title={words.appearance.theme}
        name="theme"
        value={theme}
        choices={themes.map((value) => ({ value, label: words.appearance.themes[value] }))}
        onChoose={(value) => {
          chooseTheme(value);
          setTheme(value);
        }}
      />
      <Choices
        title={words.frame.language}
        name="language"
        value={language}
        choices={languages.map(({ id, name }) => ({ value: id, label: name, lang: id }))}
        onChoose={setLanguage}
      />
    </Screen>
  );
}

function Choices<T extends string>({ title, name, value, choices, onChoose }: ChoicesProps<T>) {
  return (
    <Panel title={title}>
      <div role="radiogroup" aria-label={title} className="flex flex-col gap-2">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className="flex min-h-6 items-center gap-2 text-sm"
            {...(choice.lang !== undefined && { lang: choice.lang })}
          >
            <input
              type="radio"
              name={name}
              checked={value === choice.value}
              onChange={() => onChoose(choice.value)}
              className="size-4 accent-(--accent)"
            />
            {choice.label}
          </label>
        ))}
      </div>
    </Panel>
  );
}

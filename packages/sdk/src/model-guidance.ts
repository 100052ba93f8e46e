import type { Language } from './language.ts';

export interface ModelGuidance {
  readonly title: string;
  readonly ways: readonly {
    readonly title: string;
    /** Shell lines, in order; the last tells Kulning. */
    readonly commands: readonly string[];
  }[];
  readonly notes: readonly string[];
}

/** The same in every language; names of models and tools are not translated. */
const ways = [
  {
    title: {
      en: 'A GGUF file you have (any)',
      fr: 'Un fichier GGUF que vous avez',
      sv: 'En GGUF-fil du har',
    },
    commands: ['kulning models add ./model.gguf'],
  },
  {
    title: {
      en: 'Ministral 3 8B by llama-server (about 8 GB of memory)',
      fr: 'Ministral 3 8B avec llama-server (environ 8 Go de mémoire)',
      sv: 'Ministral 3 8B med llama-server (ungefär 8 GB minne)',
    },
    commands: [
      'llama-server -hf mistralai/Ministral-3-8B-Instruct-2512-GGUF --jinja --port 8080',
      'kulning models add http://127.0.0.1:8080/v1 --name ministral-3-8b --licence.id Apache-2.0',
    ],
  },
  {
    title: {
      en: 'Mistral Small 3.2 by vLLM (a graphics card of 24 GB with quantised weights, else 60 GB)',
      fr: 'Mistral Small 3.2 avec vLLM (carte graphique de 24 Go avec des poids quantifiés, sinon 60 Go)',
      sv: 'Mistral Small 3.2 med vLLM (grafikkort på 24 GB med kvantiserade vikter, annars 60 GB)',
    },
    commands: [
      'vllm serve mistralai/Mistral-Small-3.2-24B-Instruct-2506 --tokenizer-mode mistral --config-format mistral --load-format mistral --enable-auto-tool-choice --tool-call-parser mistral --port 8000',
      'kulning models add http://127.0.0.1:8000/v1 --name mistral-small-3.2 --licence.id Apache-2.0',
    ],
  },
  {
    title: {
      en: 'Ministral 3 8B by Ollama',
      fr: 'Ministral 3 8B avec Ollama',
      sv: 'Ministral 3 8B med Ollama',
    },
    commands: [
      'ollama pull ministral-3:8b',
      'kulning models add http://127.0.0.1:11434/v1 --engine-model ministral-3:8b --name ministral-3-8b --licence.id Apache-2.0',
    ],
  },
] as const;

const titles = {
  en: 'A model of your own, on your own machine',
  fr: 'Un modèle à vous, sur votre propre machine',
  sv: 'En egen modell, på din egen maskin',
};

const notes = {
  en: [
    'A server on another machine stands at a site: say which with --site-id. Where it stands decides what may be sent to it.',
    'A key goes with --api-key and is stored encrypted. Sizes are estimates; the licence is yours to check.',
  ],
  fr: [
    'Un serveur sur une autre machine se trouve sur un site : indiquez lequel avec --site-id. Son emplacement décide de ce qui peut lui être envoyé.',
    'Une clé se donne avec --api-key et reste chiffrée. Les tailles sont estimées ; la licence est à vérifier par vous.',
  ],
  sv: [
    'En server på en annan maskin står på en plats: ange vilken med --site-id. Var den står avgör vad som får skickas till den.',
    'En nyckel anges med --api-key och lagras krypterad. Storlekarna är uppskattningar; licensen kontrollerar du själv.',
  ],
};

/** How to point Kulning at a real model; one screen. Nothing is downloaded by Kulning. */
export function modelGuidance(language: Language): ModelGuidance {
  return {
    title: titles[language],
    ways: ways.map(({ title, commands }) => ({ title: title[language], commands })),
    notes: notes[language],
  };
}

/** For a terminal. */
export function modelGuidanceText(language: Language): string {
  const guidance = modelGuidance(language);
  const blocks = guidance.ways.map(({ title, commands }) =>
    [title, ...commands.map((line) => `    ${line}`)].join('\n'),
  );
  return [guidance.title, ...blocks, ...guidance.notes].join('\n\n');
}

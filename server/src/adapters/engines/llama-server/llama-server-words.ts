import type { WordTable } from '@kulning/sdk';

export const buildWords = {
  toolsMissing: (tools: string) => ({
    en: {
      message: `Building llama-server needs ${tools}.`,
      hint: 'On Debian, as root: apt-get install --yes git cmake g++ make',
    },
    fr: {
      message: `La compilation de llama-server a besoin de ${tools}.`,
      hint: 'Sous Debian, en tant que root\u00a0: apt-get install --yes git cmake g++ make',
    },
    sv: {
      message: `För att bygga llama-server behövs ${tools}.`,
      hint: 'På Debian, som root: apt-get install --yes git cmake g++ make',
    },
  }),
  failed: (program: string) => ({
    en: {
      message: `${program} ended with an error; what it said stands above.`,
      hint: 'Run the same command again: what is built already stays.',
    },
    fr: {
      message: `${program} s’est terminé par une erreur\u00a0; son message figure ci-dessus.`,
      hint: 'Relancez la même commande\u00a0: ce qui est déjà compilé reste.',
    },
    sv: {
      message: `${program} slutade med ett fel; vad det sade står ovan.`,
      hint: 'Kör samma kommando igen: det som redan är byggt finns kvar.',
    },
  }),
} satisfies WordTable;

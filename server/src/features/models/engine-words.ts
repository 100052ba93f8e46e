import type { WordTable } from '@kulning/sdk';

export const engineWords = {
  llamaServerMissing: {
    en: {
      message: 'This machine has no llama-server.',
      hint: 'Name one as engines.llamaServer.binary in kulning.yaml, or build it: kulning engines build llama-server. Or use --engine llama.',
    },
    fr: {
      message: 'Cette machine n’a pas de llama-server.',
      hint: 'Indiquez-en un dans engines.llamaServer.binary de kulning.yaml, ou compilez-le\u00a0: kulning engines build llama-server. Ou bien utilisez --engine llama.',
    },
    sv: {
      message: 'Den här maskinen har ingen llama-server.',
      hint: 'Ange en som engines.llamaServer.binary i kulning.yaml, eller bygg den: kulning engines build llama-server. Eller använd --engine llama.',
    },
  },
} satisfies WordTable;

import type { WordTable } from '@kulning/sdk';

export const pullWords = {
  waiting: { en: 'waiting for its turn', fr: 'en attente de son tour', sv: 'väntar på sin tur' },
  checking: {
    en: 'all of it is here; loading it once to see that it works',
    fr: 'tout est arrivé\u00a0; chargement d’essai',
    sv: 'allt har kommit; laddas en gång på prov',
  },
  cancelled: { en: 'cancelled', fr: 'annulé', sv: 'avbruten' },
  goesOn: (id: string) => ({
    en: `It goes on without this window: kulning pulls get ${id}`,
    fr: `Le transfert continue sans cette fenêtre\u00a0: kulning pulls get ${id}`,
    sv: `Det fortsätter utan det här fönstret: kulning pulls get ${id}`,
  }),
} satisfies WordTable;

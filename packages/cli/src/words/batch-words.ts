import type { WordTable } from '@kulning/sdk';

export const batchWords = {
  validating: { en: 'checking the file', fr: 'vérification du fichier', sv: 'filen granskas' },
  in_progress: { en: 'in progress', fr: 'en cours', sv: 'pågår' },
  finalizing: { en: 'writing the results', fr: 'écriture des résultats', sv: 'resultaten skrivs' },
  completed: { en: 'completed', fr: 'terminé', sv: 'klar' },
  failed: { en: 'failed', fr: 'échoué', sv: 'misslyckad' },
  expired: { en: 'out of time', fr: 'délai dépassé', sv: 'tiden är ute' },
  cancelling: { en: 'being cancelled', fr: 'en cours d’annulation', sv: 'avbryts' },
  cancelled: { en: 'cancelled', fr: 'annulé', sv: 'avbruten' },
  failedCount: (count: number) => ({
    en: `failed: ${count}`,
    fr: `échecs\u00a0: ${count}`,
    sv: `misslyckade: ${count}`,
  }),
  fileMissing: {
    en: {
      message: 'Name the file with the requests.',
      hint: 'kulning batches create requests.jsonl [--output results.jsonl] [--endpoint PATH] [--window 24h] [--data-class CLASS] [--detach]',
    },
    fr: {
      message: 'Indiquez le fichier des requêtes.',
      hint: 'kulning batches create requetes.jsonl [--output resultats.jsonl] [--endpoint CHEMIN] [--window 24h] [--data-class CLASSE] [--detach]',
    },
    sv: {
      message: 'Ange filen med anropen.',
      hint: 'kulning batches create anrop.jsonl [--output resultat.jsonl] [--endpoint SÖKVÄG] [--window 24h] [--data-class KLASS] [--detach]',
    },
  },
  goesOn: (id: string) => ({
    en: `It goes on without this window: kulning batches get ${id}`,
    fr: `Le lot continue sans cette fenêtre\u00a0: kulning batches get ${id}`,
    sv: `Den fortsätter utan det här fönstret: kulning batches get ${id}`,
  }),
} satisfies WordTable;

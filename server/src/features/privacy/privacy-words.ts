import type { StoreName } from '../../platform/vault/store-name.ts';
import type { Language } from './privacy-store.ts';

type Words = Readonly<Record<Language, string>>;

/** What each store is, in words for a person who is not an engineer. */
export const storeDescriptions: Readonly<Record<StoreName, Words>> = {
  accounts: {
    en: 'User accounts of Kulning',
    fr: 'Comptes utilisateur de Kulning',
    sv: 'Användarkonton i Kulning',
  },
  backups: {
    en: 'Backups made by Kulning',
    fr: 'Sauvegardes faites par Kulning',
    sv: 'Säkerhetskopior som Kulning har gjort',
  },
  batches: {
    en: 'Results and labels of batches that still run',
    fr: 'Résultats et étiquettes des lots en cours',
    sv: 'Svar och etiketter i batchar som fortfarande körs',
  },
  blobs: {
    en: 'Files with large encrypted content',
    fr: 'Fichiers de contenu chiffré volumineux',
    sv: 'Filer med stort krypterat innehåll',
  },
  cache: {
    en: 'Answers kept to be given again',
    fr: 'Réponses gardées pour être redonnées',
    sv: 'Svar som sparats för att ges igen',
  },
  calls: {
    en: 'Prompts and answers that were kept',
    fr: 'Questions et réponses conservées',
    sv: 'Sparade frågor och svar',
  },
  engines: {
    en: 'Model servers outside this machine',
    fr: 'Serveurs de modèles hors de cette machine',
    sv: 'Modellservrar utanför den här maskinen',
  },
  erasures: { en: 'Requests for erasure', fr: 'Demandes d’effacement', sv: 'Begäranden om radering' },
  files: {
    en: 'Uploaded files and results of batches',
    fr: 'Fichiers envoyés et résultats de lots',
    sv: 'Uppladdade filer och svar från batchar',
  },
  log: { en: 'Log files', fr: 'Journaux', sv: 'Loggfiler' },
  'postgres-files': {
    en: "The database's files: tables, indexes, write-ahead log",
    fr: 'Fichiers de la base de données\u00a0: tables, index, journal de transactions',
    sv: 'Databasens filer: tabeller, index, transaktionslogg',
  },
  prompts: { en: 'Prompt templates', fr: 'Modèles de prompt', sv: 'Promptmallar' },
  sample: { en: 'The sample company', fr: 'L’entreprise d’exemple', sv: 'Exempelföretaget' },
  spool: {
    en: 'Calls on their way into the database',
    fr: 'Appels en route vers la base de données',
    sv: 'Anrop på väg in i databasen',
  },
};

/** An erasure kills the key under which a backup holds all of the organisation's content, not one person's alone. */
export const consequenceForBackups: Words = {
  en: 'Backups made before now will lose the other content of this organisation too: the key that opens it dies. A new backup is made right after.',
  fr: 'Les sauvegardes faites avant maintenant perdront aussi le reste du contenu de cette organisation\u00a0: la clé qui l’ouvre meurt. Une nouvelle sauvegarde est faite juste après.',
  sv: 'Säkerhetskopior som gjorts före nu förlorar också organisationens övriga innehåll: nyckeln som öppnar det dör. En ny säkerhetskopia görs direkt efteråt.',
};

const limits: readonly Words[] = [
  {
    en: 'Every readable record was opened and searched for the identifiers you gave, in their usual spellings. A nickname, a misspelling or a description without a name is not found: search for those too.',
    fr: 'Chaque enregistrement lisible a été ouvert et parcouru pour les identifiants donnés, dans leurs graphies usuelles. Un surnom, une faute d’orthographe ou une description sans nom n’est pas trouvé\u00a0: cherchez-les aussi.',
    sv: 'Varje läsbar post öppnades och söktes igenom efter de uppgifter du gav, i deras vanliga skrivsätt. Ett smeknamn, en felstavning eller en beskrivning utan namn hittas inte: sök efter dem också.',
  },
  {
    en: 'Images, archives and other content that is not text were not searched.',
    fr: 'Les images, les archives et tout autre contenu qui n’est pas du texte n’ont pas été parcourus.',
    sv: 'Bilder, arkiv och annat innehåll som inte är text har inte sökts igenom.',
  },
];

/** What a search does not cover; always said with its result. */
export function limitsOf(language: Language): string[] {
  return limits.map((words) => words[language]);
}

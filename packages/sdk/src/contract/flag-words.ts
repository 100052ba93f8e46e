import type { WordTable } from '../words.ts';

/**
 * What a field of the contract is for, where its name does not say it. A schema describes itself with the English words,
 * and so does OpenAPI; the command line finds the others by them.
 */
export const flagWords = {
  idOrName: { en: 'id or name', fr: 'identifiant ou nom', sv: 'id eller namn' },
  promptVersion: {
    en: 'a number, a label, or latest',
    fr: 'un numéro, une étiquette ou latest',
    sv: 'ett nummer, en etikett eller latest',
  },
  siteId: { en: 'site id', fr: 'identifiant du site', sv: 'anläggningens id' },
  cursor: {
    en: '`next` of the page before',
    fr: '`next` de la page précédente',
    sv: '`next` från sidan före',
  },
  from: {
    en: 'not before this moment',
    fr: 'pas avant cet instant',
    sv: 'inte före den här tidpunkten',
  },
  to: { en: 'before this moment', fr: 'avant cet instant', sv: 'före den här tidpunkten' },
  organisation: {
    en: 'this organisation, or a client of it',
    fr: 'cette organisation, ou l’un de ses clients',
    sv: 'den här organisationen, eller en av dess kunder',
  },
  usageFrom: {
    en: 'a day or a moment, UTC; seven days before `to` if left out',
    fr: 'un jour ou un instant, UTC\u00a0; à défaut, sept jours avant `to`',
    sv: 'en dag eller en tidpunkt, UTC; annars sju dagar före `to`',
  },
  usageTo: {
    en: 'not included; now if left out',
    fr: 'non compris\u00a0; maintenant à défaut',
    sv: 'räknas inte med; nu om det utelämnas',
  },
  usageEvery: {
    en: 'also by time, beside `by`',
    fr: 'aussi par période, en plus de `by`',
    sv: 'även per period, utöver `by`',
  },
  priceFrom: {
    en: 'now if left out; never in the past',
    fr: 'maintenant à défaut\u00a0; jamais dans le passé',
    sv: 'nu om det utelämnas; aldrig bakåt i tiden',
  },
  pullSource: {
    en: 'address of a GGUF file, or organisation/repository/file.gguf of the hub',
    fr: 'adresse d’un fichier GGUF, ou organisation/dépôt/fichier.gguf du hub',
    sv: 'adress till en GGUF-fil, eller organisation/arkiv/fil.gguf på hubben',
  },
  pullDigest: {
    en: 'what its makers say; not needed where the host announces it, as Hugging Face does',
    fr: 'ce qu’indiquent ses auteurs\u00a0; inutile si l’hôte l’annonce, comme Hugging Face',
    sv: 'det som upphovsmännen anger; behövs inte när värden anger det, som Hugging Face gör',
  },
  pullToken: {
    en: 'key of the host; kept encrypted while it is needed',
    fr: 'clé de l’hôte\u00a0; gardée chiffrée tant qu’elle est nécessaire',
    sv: 'värdens nyckel; sparas krypterad så länge den behövs',
  },
  modelSource: {
    en: 'path of a GGUF file, or URL of an OpenAI-compatible server',
    fr: 'chemin d’un fichier GGUF, ou URL d’un serveur compatible OpenAI',
    sv: 'sökväg till en GGUF-fil, eller URL till en OpenAI-kompatibel server',
  },
  modelName: {
    en: 'name that callers use; taken from the file or server if left out',
    fr: 'nom qu’emploient les appelants\u00a0; à défaut, celui du fichier ou du serveur',
    sv: 'namnet som anropare använder; tas annars från filen eller servern',
  },
  modelLicence: {
    en: 'licence, if the file does not say it',
    fr: 'licence, si le fichier ne l’indique pas',
    sv: 'licens, om filen inte anger den',
  },
  modelSite: {
    en: 'site where it runs; this machine if left out',
    fr: 'site où il tourne\u00a0; cette machine à défaut',
    sv: 'anläggningen där den körs; den här maskinen om det utelämnas',
  },
  serverKey: {
    en: 'key of the server; stored encrypted',
    fr: 'clé du serveur\u00a0; gardée chiffrée',
    sv: 'serverns nyckel; sparas krypterad',
  },
  engineModel: {
    en: 'name of the model on the server',
    fr: 'nom du modèle sur le serveur',
    sv: 'modellens namn på servern',
  },
  contextTokens: {
    en: 'context to reserve for each request',
    fr: 'contexte à réserver pour chaque requête',
    sv: 'kontext att reservera för varje anrop',
  },
  engineKind: {
    en: 'for a file: llama-server if this machine has one, else llama',
    fr: 'pour un fichier\u00a0: llama-server si cette machine en a un, sinon llama',
    sv: 'för en fil: llama-server om maskinen har en, annars llama',
  },
  serves: {
    en: 'chat, embeddings or rerank; what the file was made for if left out',
    fr: 'chat, embeddings ou rerank\u00a0; à défaut, ce pour quoi le fichier est fait',
    sv: 'chat, embeddings eller rerank; annars det som filen är gjord för',
  },
  lora: {
    en: 'LoRA adapters: [{"path":"/models/ours.gguf","scale":1}]',
    fr: 'adaptateurs LoRA\u00a0: [{"path":"/models/notre.gguf","scale":1}]',
    sv: 'LoRA-adaptrar: [{"path":"/models/var.gguf","scale":1}]',
  },
  slots: {
    en: 'requests answered at the same time',
    fr: 'requêtes traitées en même temps',
    sv: 'anrop som besvaras samtidigt',
  },
  cacheType: {
    en: 'how keys and values are kept: fewer bits need less memory and lose a little quality',
    fr: 'comment sont gardées clés et valeurs\u00a0: moins de bits, moins de mémoire, un peu moins de qualité',
    sv: 'hur nycklar och värden lagras: färre bitar tar mindre minne och ger något lägre kvalitet',
  },
  logOrigin: {
    en: 'log origin; the open log if absent',
    fr: 'origine du registre\u00a0; à défaut, le registre ouvert',
    sv: 'loggens ursprung; den öppna loggen om det utelämnas',
  },
  witnessUrl: {
    en: 'its submission prefix: https://witness.example',
    fr: 'son préfixe de dépôt\u00a0: https://witness.example',
    sv: 'dess adressprefix för inlämning: https://witness.example',
  },
  witnessKeys: {
    en: 'its verifier keys, as `kulning witness` prints them',
    fr: 'ses clés de vérification, telles que `kulning witness` les affiche',
    sv: 'dess verifieringsnycklar, som `kulning witness` skriver ut dem',
  },
} satisfies WordTable;

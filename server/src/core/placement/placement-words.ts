import type { PathRole } from '../policy/judge.ts';
import type { Language, Words } from '../policy/rule.ts';
import type { ReasonCode, RefusalCode } from './decision.ts';

/** Words that are not a rule's: what stands in the way besides policy. Braces are filled in by `explain`. */
type OwnReason = Exclude<ReasonCode, 'policy'>;

export const reasonWords: Readonly<Record<OwnReason, Words>> = {
  'site.unknown': {
    en: 'Nothing is known about one of the places on the way ({role}), so it is refused.',
    fr: 'On ne sait rien de l’un des lieux du parcours ({role})\u00a0: il est donc refusé.',
    sv: 'Inget är känt om en av platserna på vägen ({role}), så den nekas.',
  },
  'ability.missing': {
    en: '{model} at {site} cannot do this ({ability}).',
    fr: '{model} sur le site {site} ne sait pas faire cela ({ability}).',
    sv: '{model} i {site} kan inte göra detta ({ability}).',
  },
  'engine.not_ready': {
    en: 'The engine at {site} is not up.',
    fr: 'Le moteur du site {site} n’est pas en marche.',
    sv: 'Motorn i {site} är inte igång.',
  },
  'engine.breaker_open': {
    en: 'The engine at {site} failed a moment ago and is left alone for a short while.',
    fr: 'Le moteur du site {site} vient d’échouer\u00a0; il est laissé au repos un court moment.',
    sv: 'Motorn i {site} misslyckades nyss och får vila en kort stund.',
  },
  'capacity.full': {
    en: 'The engine at {site} is busy: {inFlight} of {slots} places are taken.',
    fr: 'Le moteur du site {site} est occupé\u00a0: {inFlight} places sur {slots} sont prises.',
    sv: 'Motorn i {site} är upptagen: {inFlight} av {slots} platser används.',
  },
  'context.overflow': {
    en: '{model} at {site} reads {contextTokens} tokens at most; this needs {neededTokens} ({inputTokens} in, {outTokens} out).',
    fr: '{model} sur le site {site} lit {contextTokens} jetons au plus\u00a0; il en faudrait {neededTokens} ({inputTokens} en entrée, {outTokens} en sortie).',
    sv: '{model} i {site} läser högst {contextTokens} token; det här behöver {neededTokens} ({inputTokens} in, {outTokens} ut).',
  },
};

export const outcomeWords: Readonly<Record<'placed' | RefusalCode, Words>> = {
  placed: {
    en: 'Answered at {site}, allowed by your policy.',
    fr: 'Réponse donnée sur le site {site}, autorisée par votre politique.',
    sv: 'Besvarad i {site}, tillåtet enligt din policy.',
  },
  'policy.denied': {
    en: 'Your policy does not allow this anywhere it could be answered.',
    fr: 'Votre politique ne l’autorise à aucun des endroits qui pourraient répondre.',
    sv: 'Din policy tillåter inte detta på någon av de platser som kunde svara.',
  },
  'model.unknown': {
    en: 'There is no model called {model}.',
    fr: 'Il n’existe pas de modèle nommé {model}.',
    sv: 'Det finns ingen modell som heter {model}.',
  },
  'ability.missing': {
    en: 'No engine that may answer can do this.',
    fr: 'Aucun moteur autorisé à répondre ne sait faire cela.',
    sv: 'Ingen motor som får svara kan göra detta.',
  },
  'context.overflow': {
    en: 'The request is too long for every place that may answer it.',
    fr: 'La demande est trop longue pour tous les endroits autorisés à y répondre.',
    sv: 'Förfrågan är för lång för varje plats som får besvara den.',
  },
  'capacity.none': {
    en: 'Every place that may answer is down or busy. It is not sent anywhere else.',
    fr: 'Tous les endroits autorisés à répondre sont arrêtés ou occupés. La demande n’est envoyée nulle part ailleurs.',
    sv: 'Alla platser som får svara är nere eller upptagna. Förfrågan skickas ingen annanstans.',
  },
};

export const hintWords: Readonly<Record<RefusalCode, Words>> = {
  'policy.denied': {
    en: 'The rules named here are yours: `kulning policy` shows them, and the console’s Policy page says what would be allowed.',
    fr: 'Les règles citées sont les vôtres\u00a0: `kulning policy` les montre, et la page Politique de la console dit ce qui serait autorisé.',
    sv: 'Reglerna som nämns är dina egna: `kulning policy` visar dem, och sidan Policy i konsolen säger vad som skulle tillåtas.',
  },
  'model.unknown': {
    en: '`kulning models` lists those there are.',
    fr: '`kulning models` donne la liste de ceux qui existent.',
    sv: '`kulning models` listar dem som finns.',
  },
  'ability.missing': {
    en: '`kulning deployments list` shows what each can do; add a model that can.',
    fr: '`kulning deployments list` montre ce que chacun sait faire\u00a0; ajoutez un modèle qui en est capable.',
    sv: '`kulning deployments list` visar vad var och en kan; lägg till en modell som kan det.',
  },
  'context.overflow': {
    en: 'Shorten the prompt, ask for a shorter answer, or use a model with a longer context.',
    fr: 'Raccourcissez l’invite, demandez une réponse plus courte ou utilisez un modèle à contexte plus long.',
    sv: 'Korta prompten, be om ett kortare svar eller använd en modell med längre kontext.',
  },
  'capacity.none': {
    en: 'Try again in a moment; `kulning status` shows the engines.',
    fr: 'Réessayez dans un instant\u00a0; `kulning status` montre les moteurs.',
    sv: 'Försök igen om en stund; `kulning status` visar motorerna.',
  },
};

/** With `ability.missing`, when other models can. */
export const ableWords: Words = {
  en: 'These can: {nearest}.',
  fr: 'Ceux-ci en sont capables\u00a0: {nearest}.',
  sv: 'Dessa kan det: {nearest}.',
};

/** With `model.unknown`, when some names are near. */
export const nearestWords: Words = {
  en: 'Did you mean {nearest}?',
  fr: 'Vouliez-vous dire {nearest}\u202f?',
  sv: 'Menade du {nearest}?',
};

export const roleWords: Readonly<Record<PathRole, Words>> = {
  ingress: { en: 'where it comes in', fr: 'point d’entrée', sv: 'där den kommer in' },
  worker: { en: 'where it is handled', fr: 'lieu de traitement', sv: 'där den hanteras' },
  storage: { en: 'where it is stored', fr: 'lieu de stockage', sv: 'där den lagras' },
  backup: { en: 'where backups are kept', fr: 'lieu des sauvegardes', sv: 'där säkerhetskopior finns' },
  engine: { en: 'where the model runs', fr: 'lieu d’exécution du modèle', sv: 'där modellen körs' },
};

export const dataClassWords: Readonly<Record<string, Words>> = {
  unclassified: { en: 'unclassified', fr: 'non classées', sv: 'oklassade' },
  public: { en: 'public', fr: 'publiques', sv: 'offentliga' },
  internal: { en: 'internal', fr: 'internes', sv: 'interna' },
  personal: { en: 'personal', fr: 'personnelles', sv: 'personliga' },
  special: { en: 'special-category', fr: 'sensibles (art. 9)', sv: 'känsliga (art. 9)' },
};

/** What stands in brackets after the name of a stand-in. */
export const simulatedWords: Words = { en: 'simulated', fr: 'simulé', sv: 'simulerad' };

/** How the starter's own site is called in a sentence; its name in the database is English. */
export const thisMachineWords: Words = {
  en: 'this machine',
  fr: '«\u00a0cette machine\u00a0»',
  sv: '”den här maskinen”',
};

export const factWords: Readonly<Record<'country' | 'operator' | 'parent', Words>> = {
  country: { en: 'country', fr: 'pays', sv: 'land' },
  operator: { en: 'operator', fr: 'exploitant', sv: 'driftansvarig' },
  parent: { en: 'parent company', fr: 'société mère', sv: 'moderbolag' },
};

const unknownWords: Words = { en: 'unknown', fr: 'inconnu', sv: 'okänt' };

/** Fills `{name}` in; a name without a value reads as unknown. */
export function fill(
  words: Words,
  language: Language,
  values: Readonly<Record<string, string | undefined>>,
): string {
  return words[language].replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => values[name] ?? unknownWords[language],
  );
}

const generalValues: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  en: { site: 'this site', model: 'this model' },
  fr: { model: 'ce modèle' },
  sv: { site: 'den här platsen', model: 'den här modellen' },
};

/** A rule's words where no decision fills them in: as a sentence about any site and any model. */
export function inGeneral(words: Words): Words {
  const sentence = (language: Language) => {
    const text = words[language].replaceAll(
      /\{(\w+)\}/g,
      (_, name: string) => generalValues[language][name] ?? '…',
    );
    return `${text.charAt(0).toLocaleUpperCase(language)}${text.slice(1)}`;
  };
  return { en: sentence('en'), fr: sentence('fr'), sv: sentence('sv') };
}

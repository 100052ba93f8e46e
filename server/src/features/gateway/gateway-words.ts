import { acceptedLanguage } from '@kulning/sdk';

import type { Language, Words } from '../../core/policy/rule.ts';

/** Sentences that the gateway itself says; those of the policy come from its rules. */
const sentences = {
  keyMissing: {
    en: 'No API key was sent. Use the header "Authorization: Bearer kln_…".',
    fr: 'Aucune clé d’API n’a été envoyée. Utilisez l’en-tête «\u00a0Authorization: Bearer kln_…\u00a0».',
    sv: 'Ingen API-nyckel skickades. Använd rubriken ”Authorization: Bearer kln_…”.',
  },
  keyWrong: {
    en: 'This API key is unknown, expired or revoked. Create one with `kulning keys create`.',
    fr: 'Cette clé d’API est inconnue, expirée ou révoquée. Créez-en une avec `kulning keys create`.',
    sv: 'API-nyckeln är okänd, har gått ut eller är återkallad. Skapa en med `kulning keys create`.',
  },
  scopeMissing: {
    en: 'This API key may not do that: it lacks the scope {scope}.',
    fr: 'Cette clé d’API n’a pas ce droit\u00a0: il lui manque la portée {scope}.',
    sv: 'API-nyckeln får inte göra detta: den saknar behörigheten {scope}.',
  },
  classUnknown: {
    en: 'The header x-kulning-data-class is one of public, internal, personal, special.',
    fr: 'L’en-tête x-kulning-data-class vaut public, internal, personal ou special.',
    sv: 'Rubriken x-kulning-data-class är public, internal, personal eller special.',
  },
  classLoosened: {
    en: 'The header may tighten the data class of the key ({byDefault}), never loosen it ({asked}).',
    fr: 'L’en-tête peut durcir la classe de données de la clé ({byDefault}), jamais l’assouplir ({asked}).',
    sv: 'Rubriken får skärpa nyckelns dataklass ({byDefault}), aldrig mildra den ({asked}).',
  },
  purposeBound: {
    en: 'This API key is bound to the purpose {purpose}; a call cannot name another.',
    fr: 'Cette clé d’API est liée à la finalité {purpose}\u00a0; un appel ne peut en nommer une autre.',
    sv: 'API-nyckeln är bunden till ändamålet {purpose}; ett anrop kan inte ange ett annat.',
  },
  purposeMalformed: {
    en: 'The header x-kulning-purpose is a word of lower-case letters, digits and dashes, at most 120 characters.',
    fr: 'L’en-tête x-kulning-purpose est un mot en minuscules, chiffres et tirets, de 120 caractères au plus.',
    sv: 'Rubriken x-kulning-purpose är ett ord av gemener, siffror och bindestreck, högst 120 tecken.',
  },
  pathUnknown: {
    en: 'There is no {method} {path} here. docs/gateway.md lists the endpoints.',
    fr: 'Il n’y a pas de {method} {path} ici. docs/gateway.md en donne la liste.',
    sv: 'Det finns inget {method} {path} här. docs/gateway.md listar dem som finns.',
  },
  budgetUnknown: {
    en: 'This key has a budget, and how much of it is left cannot be known until the database is back.',
    fr: 'Cette clé a un budget, et ce qu’il en reste ne peut être connu tant que la base de données est absente.',
    sv: 'Nyckeln har en budget, och hur mycket som är kvar går inte att veta förrän databasen är tillbaka.',
  },
  priceUnknown: {
    en: 'A budget in euro cannot be kept on the model {model}: not every place that serves it has a price. Set one with `kulning prices set`.',
    fr: 'Un budget en euros ne peut être tenu pour le modèle {model}\u00a0: tous les lieux qui le servent n’ont pas de prix. Fixez-le avec `kulning prices set`.',
    sv: 'En budget i euro kan inte hållas för modellen {model}: alla platser som kör den har inte ett pris. Sätt det med `kulning prices set`.',
  },
  carbonUnknown: {
    en: 'A carbon budget cannot be kept on the model {model}: energy, PUE or grid carbon of a place that serves it is unknown.',
    fr: 'Un budget carbone ne peut être tenu pour le modèle {model}\u00a0: l’énergie, le PUE ou le carbone du réseau d’un lieu qui le sert est inconnu.',
    sv: 'En koldioxidbudget kan inte hållas för modellen {model}: energi, PUE eller elnätets koldioxid är okänd för en plats som kör den.',
  },
  hostTwice: {
    en: 'The request has more than one Host header.',
    fr: 'La requête a plus d’un en-tête Host.',
    sv: 'Anropet har mer än en Host-rubrik.',
  },
  bodyTooLarge: {
    en: 'The request is larger than {limit} bytes, the most that this gateway takes.',
    fr: 'La requête dépasse {limit} octets, le maximum que cette passerelle accepte.',
    sv: 'Anropet är större än {limit} byte, det mesta som denna gateway tar emot.',
  },
  bodyNotJson: {
    en: 'The body is not valid JSON: at byte {position}, {expected} was expected.',
    fr: 'Le corps n’est pas du JSON valide\u00a0: à l’octet {position}, il fallait {expected}.',
    sv: 'Innehållet är inte giltig JSON: vid byte {position} väntades {expected}.',
  },
  bodyNotUtf8: {
    en: 'The body is not valid UTF-8.',
    fr: 'Le corps n’est pas de l’UTF-8 valide.',
    sv: 'Innehållet är inte giltig UTF-8.',
  },
  bodyNotObject: {
    en: 'The body is a JSON object.',
    fr: 'Le corps est un objet JSON.',
    sv: 'Innehållet är ett JSON-objekt.',
  },
  bodyDoubled: {
    en: 'A field of the body stands there twice.',
    fr: 'Un champ du corps y figure deux fois.',
    sv: 'Ett fält i innehållet står där två gånger.',
  },
  moderationsAbsent: {
    en: 'There is no classifier here, so nothing is moderated. Ask a chat model with response_format json_schema to classify, or send text to a moderation service of your choice before it comes here.',
    fr: 'Il n’y a pas de classificateur ici\u00a0: rien n’est modéré. Demandez à un modèle de conversation de classer avec response_format json_schema, ou passez d’abord le texte à un service de modération de votre choix.',
    sv: 'Här finns ingen klassificerare, så inget modereras. Låt en chattmodell klassificera med response_format json_schema, eller skicka texten först till en modereringstjänst som du väljer.',
  },
  toolsUnsupported: {
    en: 'This model knows no tools: its chat template would leave them out without a word.',
    fr: 'Ce modèle ne connaît pas les outils\u00a0: son gabarit de conversation les omettrait sans rien dire.',
    sv: 'Modellen kan inga verktyg: dess chattmall skulle utelämna dem utan ett ord.',
  },
  toolUnknown: {
    en: 'The field tool_choice names {name}, which is none of the tools.',
    fr: 'Le champ tool_choice désigne {name}, qui ne figure pas parmi les outils.',
    sv: 'Fältet tool_choice anger {name}, som inte finns bland verktygen.',
  },
  abilityMissing: {
    en: 'The engine at {site} does not do that ({ability}). `kulning models` shows what each model can do.',
    fr: 'Le moteur du site {site} ne sait pas faire cela ({ability}). `kulning models` montre ce que sait faire chaque modèle.',
    sv: 'Motorn i {site} gör inte det ({ability}). `kulning models` visar vad varje modell kan.',
  },
  modelUnknown: {
    en: 'There is no model {model} here.',
    fr: 'Il n’y a pas de modèle {model} ici.',
    sv: 'Det finns ingen modell {model} här.',
  },
  subjectRestricted: {
    en: 'A person named for this call has their data restricted or is being erased, so nothing is processed about them.',
    fr: 'Une personne nommée pour cet appel fait l’objet d’une limitation ou d’un effacement\u00a0: rien n’est traité à son sujet.',
    sv: 'En person som anges för anropet har begränsad behandling eller håller på att raderas, så inget behandlas om personen.',
  },
  receiptUnknown: {
    en: 'There is no receipt {id} in this organisation.',
    fr: 'Il n’y a pas de reçu {id} dans cette organisation.',
    sv: 'Det finns inget kvitto {id} i denna organisation.',
  },
  controlStale: {
    en: 'Keys and policy could not be refreshed for {age} seconds, so data of class {dataClass} is not taken until the database answers again.',
    fr: 'Les clés et la politique n’ont pu être actualisées depuis {age} secondes\u00a0: les données de classe {dataClass} sont refusées tant que la base de données ne répond pas.',
    sv: 'Nycklar och policy har inte kunnat uppdateras på {age} sekunder, så data av klass {dataClass} tas inte emot förrän databasen svarar igen.',
  },
  notReady: {
    en: 'This gateway has not loaded keys and policy yet.',
    fr: 'Cette passerelle n’a pas encore chargé les clés et la politique.',
    sv: 'Denna gateway har ännu inte läst in nycklar och policy.',
  },
  draining: {
    en: 'This gateway is shutting down.',
    fr: 'Cette passerelle s’arrête.',
    sv: 'Denna gateway stängs av.',
  },
  engineFailed: {
    en: 'The engine at {site} failed before the answer was complete. Nothing else was tried, so that nothing is done twice.',
    fr: 'Le moteur du site {site} a échoué avant la fin de la réponse. Rien d’autre n’a été tenté, pour ne rien faire deux fois.',
    sv: 'Motorn i {site} misslyckades innan svaret var klart. Inget annat försöktes, så att inget görs två gånger.',
  },
  engineRefusedUs: {
    en: 'The engine at {site} answered {status} to this gateway: its configuration must be mended by the operator.',
    fr: 'Le moteur du site {site} a répondu {status} à cette passerelle\u00a0: l’exploitant doit corriger sa configuration.',
    sv: 'Motorn i {site} svarade {status} till denna gateway: operatören måste rätta dess konfiguration.',
  },
  journalFailed: {
    en: 'The record of this call could not be written, so its answer is not given.',
    fr: 'La trace de cet appel n’a pu être écrite\u00a0: sa réponse n’est donc pas donnée.',
    sv: 'Anropets journal kunde inte skrivas, så svaret lämnas inte ut.',
  },
  internal: {
    en: 'Something went wrong in the gateway. The request id leads to its log.',
    fr: 'Une erreur s’est produite dans la passerelle. L’identifiant de requête mène à son journal.',
    sv: 'Något gick fel i gatewayen. Anropets id leder till dess logg.',
  },
} satisfies Record<string, Words>;

export type Sentence = keyof typeof sentences;

/** Fills `{name}` from the values; a name without a value stays as it is. */
export function say(
  sentence: Sentence,
  language: Language,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return sentences[sentence][language].replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}

/** What the client asks for, else the language of its organisation. */
export function languageOf(header: string | undefined, byDefault: Language): Language {
  return acceptedLanguage(header) ?? byDefault;
}

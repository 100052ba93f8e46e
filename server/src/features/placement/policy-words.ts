import type { Localized, WordTable } from '@kulning/sdk';

/** What is said about policies and past decisions; the words of rules and reasons are elsewhere. */
export const policyWords = {
  decisionUnknown: (callId: string) => ({
    en: {
      message: `There is no call ${callId}, or it is not recorded yet.`,
      hint: 'A call is recorded within two seconds of its end.',
    },
    fr: {
      message: `L’appel ${callId} n’existe pas, ou n’est pas encore enregistré.`,
      hint: 'Un appel est enregistré dans les deux secondes qui suivent sa fin.',
    },
    sv: {
      message: `Det finns inget anrop ${callId}, eller så är det inte registrerat än.`,
      hint: 'Ett anrop registreras inom två sekunder efter att det har slutat.',
    },
  }),
  decisionIncomplete: {
    en: {
      message: 'The facts or the policy of this decision cannot be found.',
      hint: 'They are kept as long as the ledger: this database may be incomplete. Restore it from a backup.',
    },
    fr: {
      message: 'Les faits ou la politique de cette décision sont introuvables.',
      hint: 'Ils sont gardés aussi longtemps que le registre\u00a0: cette base de données est peut-être incomplète. Restaurez-la depuis une sauvegarde.',
    },
    sv: {
      message: 'Uppgifterna eller policyn bakom beslutet går inte att hitta.',
      hint: 'De sparas lika länge som loggboken: databasen kan vara ofullständig. Återställ den från en säkerhetskopia.',
    },
  },
  tooManyCases: {
    en: {
      message: 'These two policies can tell more cases apart than can be gone through.',
      hint: 'Change fewer rules at once, or name fewer sites, companies and certifications in them.',
    },
    fr: {
      message: 'Ces deux politiques distinguent plus de cas qu’il n’est possible d’en parcourir.',
      hint: 'Changez moins de règles à la fois, ou citez-y moins de sites, de sociétés et de certifications.',
    },
    sv: {
      message: 'De här två policyerna skiljer på fler fall än vad som går att gå igenom.',
      hint: 'Ändra färre regler åt gången, eller nämn färre anläggningar, företag och certifieringar i dem.',
    },
  },
  noneActive: {
    en: {
      message: 'No policy is active, so nothing may be placed.',
      hint: 'Start a control process: it activates the starter policy.',
    },
    fr: {
      message: 'Aucune politique n’est active\u00a0: rien ne peut être placé.',
      hint: 'Démarrez un processus control\u00a0: il active la politique de départ.',
    },
    sv: {
      message: 'Ingen policy gäller, så inget får placeras.',
      hint: 'Starta en control-process: den låter startpolicyn gälla.',
    },
  },
  unknown: (hash: string) => ({
    en: { message: `There is no policy ${hash}.`, hint: '`kulning policy versions` lists those there were.' },
    fr: {
      message: `La politique ${hash} n’existe pas.`,
      hint: '`kulning policy versions` donne la liste de celles qui ont existé.',
    },
    sv: {
      message: `Det finns ingen policy ${hash}.`,
      hint: '`kulning policy versions` listar dem som funnits.',
    },
  }),
  widens: (combinations: number) => ({
    en: {
      message: `This policy lets restricted data go where it could not: ${combinations} more combinations are allowed.`,
      hint: 'Look at the comparison; if it is meant, activate it again with acceptWider.',
    },
    fr: {
      message: `Cette politique laisse aller des données restreintes là où elles ne pouvaient pas\u00a0: ${combinations} combinaisons de plus sont autorisées.`,
      hint: 'Regardez la comparaison\u00a0; si c’est voulu, activez-la à nouveau avec acceptWider.',
    },
    sv: {
      message: `Policyn släpper fram begränsade data dit de inte fick förut: ${combinations} fler kombinationer blir tillåtna.`,
      hint: 'Se jämförelsen; om det är meningen, låt den gälla igen med acceptWider.',
    },
  }),
  widensAs: (combinations: number, dataClass: string, facts: string) => ({
    en: {
      message: `This policy lets restricted data go where it could not: ${combinations} more combinations are allowed, such as ${dataClass} data (${facts}).`,
      hint: 'Look at the comparison; if it is meant, activate it again with acceptWider.',
    },
    fr: {
      message: `Cette politique laisse aller des données restreintes là où elles ne pouvaient pas\u00a0: ${combinations} combinaisons de plus sont autorisées, par exemple la classe ${dataClass} (${facts}).`,
      hint: 'Regardez la comparaison\u00a0; si c’est voulu, activez-la à nouveau avec acceptWider.',
    },
    sv: {
      message: `Policyn släpper fram begränsade data dit de inte fick förut: ${combinations} fler kombinationer blir tillåtna, till exempel klassen ${dataClass} (${facts}).`,
      hint: 'Se jämförelsen; om det är meningen, låt den gälla igen med acceptWider.',
    },
  }),
  changedMeanwhile: {
    en: {
      message: 'Another policy was activated meanwhile, so the comparison no longer holds.',
      hint: 'Look at the active policy and try again.',
    },
    fr: {
      message: 'Une autre politique a été activée entre-temps\u00a0: la comparaison ne vaut plus.',
      hint: 'Regardez la politique active et réessayez.',
    },
    sv: {
      message: 'En annan policy började gälla under tiden, så jämförelsen stämmer inte längre.',
      hint: 'Se den policy som gäller och försök igen.',
    },
  },
  wrongAt: (line: number, reason: string) => ({
    en: `The policy is wrong at line ${line}: ${reason}.`,
    fr: `La politique est incorrecte à la ligne ${line}\u00a0: ${reason}.`,
    sv: `Policyn är fel på rad ${line}: ${reason}.`,
  }),
  howToWrite: {
    en: 'Nothing was changed. docs/policy.md says how to write a rule.',
    fr: 'Rien n’a été changé. docs/policy.md explique comment écrire une règle.',
    sv: 'Inget har ändrats. docs/policy.md beskriver hur en regel skrivs.',
  },
  noTemplates: {
    en: 'templates are not used here; write each rule out',
    fr: 'les modèles de règle ne sont pas utilisés ici\u00a0; écrivez chaque règle en entier',
    sv: 'mallar används inte här (template); skriv ut varje regel',
  },
  idTwice: (id: string) => ({
    en: `an earlier rule has the id '${id}'`,
    fr: `une règle précédente a l’identifiant «\u00a0${id}\u00a0»`,
    sv: `en tidigare regel har id ”${id}”`,
  }),
  unreadable: { en: 'it cannot be read', fr: 'elle est illisible', sv: 'den går inte att läsa' },
  notCedar: (near: Localized<string>, cedar: string) => ({
    en: `it is not Cedar at ${near.en} (Cedar says “${cedar}”)`,
    fr: `ce n’est pas du Cedar près de ${near.fr} (Cedar dit «\u00a0${cedar}\u00a0»)`,
    sv: `det är inte Cedar vid ${near.sv} (Cedar säger ”${cedar}”)`,
  }),
  notInSchema: (near: Localized<string>, cedar: string) => ({
    en: `${near.en} does not fit what a rule may look at (Cedar says “${cedar}”)`,
    fr: `${near.fr} ne correspond pas à ce qu’une règle peut consulter (Cedar dit «\u00a0${cedar}\u00a0»)`,
    sv: `${near.sv} passar inte det som en regel får titta på (Cedar säger ”${cedar}”)`,
  }),
  textEnd: { en: 'the end of the text', fr: 'la fin du texte', sv: 'slutet på texten' },
  idNeeded: {
    en: 'this rule needs @id("…") in lower-case letters, digits and dashes',
    fr: 'il manque à cette règle @id(…) en minuscules, chiffres et tirets',
    sv: 'regeln behöver @id("…") med gemener, siffror och bindestreck',
  },
  tagNeeded: (id: string, tags: string) => ({
    en: `the rule '${id}' needs @tag("…"), one of ${tags}`,
    fr: `il manque à la règle «\u00a0${id}\u00a0» @tag(…), parmi ${tags}`,
    sv: `regeln ”${id}” behöver @tag("…"), något av ${tags}`,
  }),
  wordsNeeded: (id: string, annotation: string) => ({
    en: `the rule '${id}' needs its words in ${annotation}("…")`,
    fr: `il manque à la règle «\u00a0${id}\u00a0» son texte dans ${annotation}(…)`,
    sv: `regeln ”${id}” behöver sin text i ${annotation}("…")`,
  }),
  braceUnknown: (annotation: string, id: string, brace: string, known: string) => ({
    en: `${annotation} of the rule '${id}' has ${brace}; there are ${known}`,
    fr: `${annotation} de la règle «\u00a0${id}\u00a0» contient ${brace}\u00a0; il existe ${known}`,
    sv: `${annotation} i regeln ”${id}” har ${brace}; de som finns är ${known}`,
  }),
  operatorUnused: (operator: string) => ({
    en: `'${operator}' is not used here: compare facts with values, so that every case can be checked`,
    fr: `«\u00a0${operator}\u00a0» n’est pas utilisé ici\u00a0: comparez des faits à des valeurs, pour que chaque cas puisse être vérifié`,
    sv: `”${operator}” används inte här: jämför uppgifter med värden, så att varje fall kan kontrolleras`,
  }),
  notAsAWhole: (path: string) => ({
    en: `'${path}' cannot be compared as a whole`,
    fr: `«\u00a0${path}\u00a0» ne peut pas être comparé en bloc`,
    sv: `”${path}” kan inte jämföras som helhet`,
  }),
} satisfies WordTable;

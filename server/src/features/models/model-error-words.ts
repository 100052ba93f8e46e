import type { WordTable } from '@kulning/sdk';

export const modelErrorWords = {
  unknown: (name: string) => ({
    en: { message: `There is no model “${name}”.`, hint: '`kulning models list` shows what there is.' },
    fr: {
      message: `Le modèle «\u00a0${name}\u00a0» n’existe pas.`,
      hint: '`kulning models list` montre ceux qui existent.',
    },
    sv: { message: `Det finns ingen modell ”${name}”.`, hint: '`kulning models list` visar vad som finns.' },
  }),
  unknownButNear: (name: string, near: string) => ({
    en: { message: `There is no model “${name}”.`, hint: `Did you mean: ${near}?` },
    fr: {
      message: `Le modèle «\u00a0${name}\u00a0» n’existe pas.`,
      hint: `Vouliez-vous dire\u00a0: ${near}\u00a0?`,
    },
    sv: { message: `Det finns ingen modell ”${name}”.`, hint: `Menade du: ${near}?` },
  }),
  deploymentUnknown: (id: string) => ({
    en: {
      message: `There is no deployment ${id}.`,
      hint: '`kulning deployments list` shows what there is.',
    },
    fr: {
      message: `Le déploiement ${id} n’existe pas.`,
      hint: '`kulning deployments list` montre ceux qui existent.',
    },
    sv: {
      message: `Det finns ingen driftsättning ${id}.`,
      hint: '`kulning deployments list` visar vad som finns.',
    },
  }),
  nameNeeded: {
    en: { message: 'The source has no usable name.', hint: 'Give one with --name.' },
    fr: { message: 'La source n’a pas de nom utilisable.', hint: 'Donnez-en un avec --name.' },
    sv: { message: 'Källan har inget användbart namn.', hint: 'Ange ett med --name.' },
  },
  nameTaken: (name: string) => ({
    en: {
      message: `There is a model “${name}” already.`,
      hint: 'Give another name with --name, or remove the old one first.',
    },
    fr: {
      message: `Il y a déjà un modèle «\u00a0${name}\u00a0».`,
      hint: 'Donnez un autre nom avec --name, ou retirez d’abord l’ancien.',
    },
    sv: {
      message: `Det finns redan en modell ”${name}”.`,
      hint: 'Ange ett annat namn med --name, eller ta först bort den gamla.',
    },
  }),
  shippedNameTaken: (name: string) => ({
    en: {
      message: `There is a model “${name}” already, so the shipped one cannot have its name.`,
      hint: 'Remove the other one, or add it again under another name.',
    },
    fr: {
      message: `Il y a déjà un modèle «\u00a0${name}\u00a0»\u00a0: celui qui est livré ne peut pas porter ce nom.`,
      hint: 'Retirez l’autre, ou ajoutez-le à nouveau sous un autre nom.',
    },
    sv: {
      message: `Det finns redan en modell ”${name}”, så den medföljande kan inte få det namnet.`,
      hint: 'Ta bort den andra, eller lägg till den igen under ett annat namn.',
    },
  }),
  siteNeeded: (sites: string) => ({
    en: {
      message: 'That server is not on this machine, and nobody said at which site it stands.',
      hint: `Name its site with --site-id, or add it first: \`kulning sites create\`. Sites: ${sites}.`,
    },
    fr: {
      message: 'Ce serveur n’est pas sur cette machine, et personne n’a dit sur quel site il se trouve.',
      hint: `Donnez son site avec --site-id, ou ajoutez-le d’abord\u00a0: \`kulning sites create\`. Sites\u00a0: ${sites}.`,
    },
    sv: {
      message: 'Den servern är inte på den här maskinen, och ingen har sagt på vilken anläggning den står.',
      hint: `Ange anläggningen med --site-id, eller lägg till den först: \`kulning sites create\`. Anläggningar: ${sites}.`,
    },
  }),
  siteUnknown: (site: string, sites: string) => ({
    en: { message: `There is no site “${site}”.`, hint: `Sites: ${sites}.` },
    fr: { message: `Le site «\u00a0${site}\u00a0» n’existe pas.`, hint: `Sites\u00a0: ${sites}.` },
    sv: { message: `Det finns ingen anläggning ”${site}”.`, hint: `Anläggningar: ${sites}.` },
  }),
  siteElsewhere: (site: string) => ({
    en: {
      message: `A file runs on this machine, and ${site} is elsewhere.`,
      hint: 'Start a server at that site and give its URL.',
    },
    fr: {
      message: `Un fichier s’exécute sur cette machine, et ${site} est ailleurs.`,
      hint: 'Démarrez un serveur sur ce site et donnez son URL.',
    },
    sv: {
      message: `En fil körs på den här maskinen, och ${site} är någon annanstans.`,
      hint: 'Starta en server på den anläggningen och ange dess URL.',
    },
  }),
  servesNone: {
    en: { message: 'The server serves no model.', hint: 'Load a model in it first.' },
    fr: { message: 'Le serveur ne sert aucun modèle.', hint: 'Chargez-y d’abord un modèle.' },
    sv: { message: 'Servern har ingen modell.', hint: 'Läs först in en modell i den.' },
  },
  servesSeveral: (count: number, some: string) => ({
    en: { message: `The server serves ${count} models.`, hint: `Choose one with --engine-model: ${some}.` },
    fr: {
      message: `Le serveur sert ${count} modèles.`,
      hint: `Choisissez-en un avec --engine-model\u00a0: ${some}.`,
    },
    sv: { message: `Servern har ${count} modeller.`, hint: `Välj en med --engine-model: ${some}.` },
  }),
  contextTooLarge: (trained: number, asked: number) => ({
    en: {
      message: `The model was trained on ${trained} tokens of context, not ${asked}.`,
      hint: `Ask for ${trained} at most.`,
    },
    fr: {
      message: `Le modèle a été entraîné sur ${trained} jetons de contexte, et non ${asked}.`,
      hint: `Demandez-en ${trained} au plus.`,
    },
    sv: {
      message: `Modellen är tränad på ${trained} token kontext, inte ${asked}.`,
      hint: `Begär högst ${trained}.`,
    },
  }),
  servesOther: (asked: string, file: string) => ({
    en: {
      message: `The file is made for ${file}, not for ${asked}.`,
      hint: 'Leave --serves out: the file says it (pooling_type in its header).',
    },
    fr: {
      message: `Le fichier est fait pour ${file}, non pour ${asked}.`,
      hint: 'Omettez --serves\u00a0: le fichier le dit (pooling_type dans son en-tête).',
    },
    sv: {
      message: `Filen är gjord för ${file}, inte för ${asked}.`,
      hint: 'Utelämna --serves: filen säger det (pooling_type i dess huvud).',
    },
  }),
  loraOther: (adapter: string, model: string) => ({
    en: {
      message: `The adapter is for models of the architecture ${adapter}; this one is ${model}.`,
      hint: 'Use an adapter that was trained on this model.',
    },
    fr: {
      message: `L’adaptateur vaut pour l’architecture ${adapter}\u00a0; celle de ce modèle est ${model}.`,
      hint: 'Prenez un adaptateur entraîné sur ce modèle.',
    },
    sv: {
      message: `Adaptern är för modeller av arkitekturen ${adapter}; den här är ${model}.`,
      hint: 'Använd en adapter som är tränad på den här modellen.',
    },
  }),
  loraChatOnly: {
    en: {
      message: 'This engine applies adapters to models that write.',
      hint: 'For embeddings and ranking use --engine llama-server.',
    },
    fr: {
      message: 'Ce moteur applique les adaptateurs aux modèles qui écrivent.',
      hint: 'Pour les plongements et le classement, prenez --engine llama-server.',
    },
    sv: {
      message: 'Den här motorn använder adaptrar för modeller som skriver.',
      hint: 'För inbäddningar och rangordning: använd --engine llama-server.',
    },
  },
  loraPath: {
    en: {
      message: 'The path of an adapter may hold no comma and no colon.',
      hint: 'Rename the file: llama-server takes several, separated by them.',
    },
    fr: {
      message: 'Le chemin d’un adaptateur ne doit contenir ni virgule ni deux-points.',
      hint: 'Renommez le fichier\u00a0: llama-server s’en sert pour les séparer.',
    },
    sv: {
      message: 'Sökvägen till en adapter får inte innehålla komma eller kolon.',
      hint: 'Byt namn på filen: llama-server skiljer flera åt med dem.',
    },
  },
  fileAlone: {
    en: { message: 'This is for files.', hint: 'A server is deployed with what it serves already.' },
    fr: { message: 'Cela vaut pour les fichiers.', hint: 'Un serveur est déployé avec ce qu’il sert déjà.' },
    sv: { message: 'Det här gäller filer.', hint: 'En server driftsätts med det som den redan har.' },
  },
  fileNeedsNoKey: {
    en: { message: 'A file needs no key.', hint: 'Leave --api-key out; it is for servers.' },
    fr: {
      message: 'Un fichier n’a pas besoin de clé.',
      hint: 'Omettez --api-key\u00a0; elle vaut pour les serveurs.',
    },
    sv: { message: 'En fil behöver ingen nyckel.', hint: 'Utelämna --api-key; den är för servrar.' },
  },
  fileHoldsOneModel: {
    en: { message: 'A file holds one model.', hint: 'Leave --engine-model out; it is for servers.' },
    fr: {
      message: 'Un fichier contient un seul modèle.',
      hint: 'Omettez --engine-model\u00a0; elle vaut pour les serveurs.',
    },
    sv: { message: 'En fil innehåller en modell.', hint: 'Utelämna --engine-model; den är för servrar.' },
  },
} satisfies WordTable;

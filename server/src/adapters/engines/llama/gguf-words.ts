import type { Localized, WordTable } from '@kulning/sdk';

/** A place in a GGUF file; it stands inside a sentence of `ggufWords`. */
export const ggufParts = {
  magic: { en: 'the magic number', fr: 'le nombre magique', sv: 'det magiska talet' },
  version: { en: 'the version', fr: 'la version', sv: 'versionen' },
  tensorCount: { en: 'the number of tensors', fr: 'le nombre de tenseurs', sv: 'antalet tensorer' },
  entryCount: {
    en: 'the number of metadata entries',
    fr: 'le nombre de métadonnées',
    sv: 'antalet metadata',
  },
  key: (position: number, count: number) => ({
    en: `metadata key ${position} of ${count}`,
    fr: `la clé de métadonnées ${position} sur ${count}`,
    sv: `metadatanyckel ${position} av ${count}`,
  }),
  valueOf: (name: string) => ({ en: `"${name}"`, fr: `"${name}"`, sv: `"${name}"` }),
  typeOf: (name: string) => ({
    en: `the type of "${name}"`,
    fr: `le type de "${name}"`,
    sv: `typen av "${name}"`,
  }),
  elementTypeOf: (part: Localized<string>) => ({
    en: `the element type of ${part.en}`,
    fr: `${part.fr} (type des éléments)`,
    sv: `${part.sv} (elementens typ)`,
  }),
  lengthOf: (part: Localized<string>) => ({
    en: `the length of ${part.en}`,
    fr: `${part.fr} (longueur)`,
    sv: `${part.sv} (längd)`,
  }),
  tensorName: (position: number, count: number) => ({
    en: `the name of tensor ${position} of ${count}`,
    fr: `le nom du tenseur ${position} sur ${count}`,
    sv: `namnet på tensor ${position} av ${count}`,
  }),
  tensorType: (name: string) => ({
    en: `the type of tensor "${name}"`,
    fr: `le type du tenseur "${name}"`,
    sv: `typen av tensor "${name}"`,
  }),
  tensorOffset: (name: string) => ({
    en: `the offset of tensor "${name}"`,
    fr: `la position du tenseur "${name}"`,
    sv: `läget för tensor "${name}"`,
  }),
  tensorDimensions: (name: string) => ({
    en: `the dimensions of tensor "${name}"`,
    fr: `les dimensions du tenseur "${name}"`,
    sv: `dimensionerna hos tensor "${name}"`,
  }),
  tensorShape: (name: string) => ({
    en: `the shape of tensor "${name}"`,
    fr: `la forme du tenseur "${name}"`,
    sv: `formen på tensor "${name}"`,
  }),
} satisfies WordTable;

/** What is wrong with a GGUF file; each ends a sentence that says it cannot be used. */
export const ggufWords = {
  noFile: { en: 'it is not a file', fr: 'ce n’est pas un fichier', sv: 'det är ingen fil' },
  otherFormat: {
    en: 'it is not a GGUF file: it does not begin with "GGUF"',
    fr: 'ce n’est pas un fichier GGUF\u00a0: il ne commence pas par "GGUF"',
    sv: 'det är ingen GGUF-fil: den börjar inte med "GGUF"',
  },
  bigEndian: {
    en: 'it is a big-endian GGUF file; only little-endian files are read',
    fr: 'c’est un fichier GGUF gros-boutiste\u00a0; seuls les petits-boutistes sont lus',
    sv: 'det är en GGUF-fil i big-endian; bara little-endian läses',
  },
  otherVersion: (version: number) => ({
    en: `GGUF version ${version} is not supported, only 2 and 3`,
    fr: `la version ${version} de GGUF n’est pas prise en charge, seulement 2 et 3`,
    sv: `GGUF version ${version} stöds inte, bara 2 och 3`,
  }),
  shorter: {
    en: 'the file became shorter while it was read',
    fr: 'le fichier a raccourci pendant la lecture',
    sv: 'filen blev kortare medan den lästes',
  },
  endsInside: (part: Localized<string>, bytes: number, needed: number) => ({
    en: `the file ends inside ${part.en}: it has ${bytes} bytes, ${needed} are needed`,
    fr: `le fichier s’arrête dans ${part.fr}\u00a0: il compte ${bytes} octets, il en faut ${needed}`,
    sv: `filen slutar i ${part.sv}: den har ${bytes} byte, ${needed} behövs`,
  }),
  absurd: (part: Localized<string>, value: string) => ({
    en: `${part.en} is absurd: ${value}`,
    fr: `${part.fr} a une valeur absurde\u00a0: ${value}`,
    sv: `${part.sv} är orimligt: ${value}`,
  }),
  claims: (part: Localized<string>, bytes: number) => ({
    en: `${part.en} claims ${bytes} bytes`,
    fr: `${part.fr} prétend occuper ${bytes} octets`,
    sv: `${part.sv} påstår sig ha ${bytes} byte`,
  }),
  countOutside: (part: Localized<string>, count: number, most: number) => ({
    en: `${part.en} is ${count}; 1 to ${most} can be true`,
    fr: `${part.fr} vaut ${count}\u00a0; de 1 à ${most} serait plausible`,
    sv: `${part.sv} är ${count}; 1 till ${most} kan stämma`,
  }),
  typeUnknown: (part: Localized<string>, type: number) => ({
    en: `${part.en} has the unknown type ${type}`,
    fr: `${part.fr} a le type inconnu ${type}`,
    sv: `${part.sv} har den okända typen ${type}`,
  }),
  elementTypeUnknown: (part: Localized<string>, type: number) => ({
    en: `${part.en} has elements of the unknown type ${type}`,
    fr: `${part.fr} a des éléments du type inconnu ${type}`,
    sv: `${part.sv} har element av den okända typen ${type}`,
  }),
  nestedArray: (part: Localized<string>) => ({
    en: `${part.en} is an array of arrays`,
    fr: `${part.fr} est un tableau de tableaux`,
    sv: `${part.sv} är en lista av listor`,
  }),
  keyTwice: (key: string) => ({
    en: `metadata key "${key}" occurs twice`,
    fr: `la clé de métadonnées "${key}" figure deux fois`,
    sv: `metadatanyckeln "${key}" förekommer två gånger`,
  }),
  alignment: (bytes: number) => ({
    en: `general.alignment is ${bytes}, not a power of two`,
    fr: `general.alignment vaut ${bytes}, qui n’est pas une puissance de deux`,
    sv: `general.alignment är ${bytes}, ingen tvåpotens`,
  }),
  tensorTwice: (name: string) => ({
    en: `tensor "${name}" occurs twice`,
    fr: `le tenseur "${name}" figure deux fois`,
    sv: `tensor "${name}" förekommer två gånger`,
  }),
  tensorUnaligned: (name: string, bytes: number) => ({
    en: `tensor "${name}" is not aligned to ${bytes} bytes`,
    fr: `le tenseur "${name}" n’est pas aligné sur ${bytes} octets`,
    sv: `tensor "${name}" är inte justerad till ${bytes} byte`,
  }),
  tensorCut: (name: string, end: number, bytes: number) => ({
    en: `tensor "${name}" ends at byte ${end}, the file has ${bytes}: it is cut short`,
    fr: `le tenseur "${name}" finit à l’octet ${end}, le fichier en compte ${bytes}\u00a0: il est tronqué`,
    sv: `tensor "${name}" slutar vid byte ${end}, filen har ${bytes}: den är avkortad`,
  }),
  dimensions: (name: string, dimensions: number) => ({
    en: `tensor "${name}" has ${dimensions} dimensions`,
    fr: `le tenseur "${name}" a un nombre de dimensions impossible (${dimensions})`,
    sv: `tensor "${name}" har ett omöjligt antal dimensioner (${dimensions})`,
  }),
  elements: (name: string, elements: number) => ({
    en: `tensor "${name}" has ${elements} elements`,
    fr: `le tenseur "${name}" a un nombre d’éléments impossible (${elements})`,
    sv: `tensor "${name}" har ett omöjligt antal element (${elements})`,
  }),
  noArchitecture: {
    en: 'it does not name its architecture (general.architecture)',
    fr: 'il ne nomme pas son architecture (general.architecture)',
    sv: 'den anger inte sin arkitektur (general.architecture)',
  },
  notLora: (type: string) => ({
    en: `it is no LoRA adapter, but a "${type}"`,
    fr: `ce n’est pas un adaptateur LoRA, mais un fichier de type "${type}"`,
    sv: `den är ingen LoRA-adapter utan av typen "${type}"`,
  }),
  notModel: (type: string) => ({
    en: `it is a GGUF ${type}, not a model`,
    fr: `c’est un GGUF de type ${type}, et non un modèle`,
    sv: `det är en GGUF av typen ${type}, ingen modell`,
  }),
  split: (parts: number) => ({
    en: `it is one of ${parts} parts; join them first: llama-gguf-split --merge`,
    fr: `c’est l’une de ${parts} parties\u00a0; réunissez-les d’abord\u00a0: llama-gguf-split --merge`,
    sv: `den är en av ${parts} delar; foga först ihop dem: llama-gguf-split --merge`,
  }),
  noContext: (key: string) => ({
    en: `it does not say how many tokens it takes (${key})`,
    fr: `il ne dit pas combien de jetons il accepte (${key})`,
    sv: `den säger inte hur många token den tar (${key})`,
  }),
  noTokenizer: {
    en: 'it has no tokenizer (tokenizer.ggml.model, tokenizer.ggml.tokens)',
    fr: 'il n’a pas de tokenizer (tokenizer.ggml.model, tokenizer.ggml.tokens)',
    sv: 'den har ingen tokenizer (tokenizer.ggml.model, tokenizer.ggml.tokens)',
  },
  notLoaded: (reason: string) => ({
    en: `the engine cannot load it: ${reason}`,
    fr: `le moteur ne peut pas le charger\u00a0: ${reason}`,
    sv: `motorn kan inte ladda den: ${reason}`,
  }),
  noChatTemplate: {
    en: 'the file has no chat template (tokenizer.chat_template); a base model cannot hold a conversation',
    fr: 'le fichier n’a pas de gabarit de conversation (tokenizer.chat_template)\u00a0; un modèle de base ne sait pas converser',
    sv: 'filen har ingen chattmall (tokenizer.chat_template); en basmodell kan inte föra ett samtal',
  },
  crashed: (how: Localized<string>) => ({
    en: `loading it crashed the engine (${how.en})`,
    fr: `son chargement a fait tomber le moteur (${how.fr})`,
    sv: `motorn kraschade när den laddades (${how.sv})`,
  }),
} satisfies WordTable;

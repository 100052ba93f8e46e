import type { Words } from '../policy/rule.ts';

/** Why an answer cannot be held to a JSON Schema. Paths and keywords are the schema's own. */
export const schemaWords = {
  tooDeep: (path: string): Words => ({
    en: `${path} is nested too deep.`,
    fr: `${path} est trop imbriqué.`,
    sv: `${path} är för djupt nästlat.`,
  }),
  unsatisfiable: (path: string): Words => ({
    en: `${path} is not a schema that anything satisfies.`,
    fr: `${path} n’est pas un schéma que quelque chose puisse satisfaire.`,
    sv: `${path} är inget schema som något kan uppfylla.`,
  }),
  tooLarge: {
    en: 'The schema is too large.',
    fr: 'Le schéma est trop grand.',
    sv: 'Schemat är för stort.',
  },
  onlyItself: (path: string): Words => ({
    en: `${path} refers to nothing but itself.`,
    fr: `${path} ne renvoie qu’à lui-même.`,
    sv: `${path} hänvisar bara till sig självt.`,
  }),
  empty: (path: string, keyword: string): Words => ({
    en: `${path}: "${keyword}" is empty.`,
    fr: `${path}\u00a0: "${keyword}" est vide.`,
    sv: `${path}: "${keyword}" är tomt.`,
  }),
  severalAllOf: (path: string): Words => ({
    en: `${path}: "allOf" of several schemas cannot be enforced.`,
    fr: `${path}\u00a0: "allOf" de plusieurs schémas ne peut être imposé.`,
    sv: `${path}: "allOf" av flera scheman kan inte upprätthållas.`,
  }),
  typeUnknown: (path: string, type: string): Words => ({
    en: `${path}: there is no type ${type}.`,
    fr: `${path}\u00a0: le type ${type} n’existe pas.`,
    sv: `${path}: typen ${type} finns inte.`,
  }),
  above: (path: string, keyword: string, most: number): Words => ({
    en: `${path}: "${keyword}" above ${most} cannot be enforced.`,
    fr: `${path}\u00a0: "${keyword}" au-delà de ${most} ne peut être imposé.`,
    sv: `${path}: "${keyword}" över ${most} kan inte upprätthållas.`,
  }),
  undescribed: (path: string, name: string): Words => ({
    en: `${path} requires ${name} without describing it.`,
    fr: `${path} exige ${name} sans le décrire.`,
    sv: `${path} kräver ${name} utan att beskriva det.`,
  }),
  keyword: (path: string, keyword: string): Words => ({
    en: `${path}: "${keyword}" cannot be enforced.`,
    fr: `${path}\u00a0: "${keyword}" ne peut être imposé.`,
    sv: `${path}: "${keyword}" kan inte upprätthållas.`,
  }),
  value: (path: string, keyword: string, value: string): Words => ({
    en: `${path}: "${keyword}" ${value} cannot be enforced.`,
    fr: `${path}\u00a0: "${keyword}" ${value} ne peut être imposé.`,
    sv: `${path}: "${keyword}" ${value} kan inte upprätthållas.`,
  }),
  pattern: (path: string, pattern: string): Words => ({
    en: `${path}: "pattern" ${pattern} cannot be enforced; between ^ and $, characters, classes, groups and repetitions can.`,
    fr: `${path}\u00a0: "pattern" ${pattern} ne peut être imposé\u00a0; entre ^ et $, les caractères, classes, groupes et répétitions le peuvent.`,
    sv: `${path}: "pattern" ${pattern} kan inte upprätthållas; mellan ^ och $ går tecken, klasser, grupper och upprepningar.`,
  }),
  noNumber: (path: string): Words => ({
    en: `${path}: no number lies clearly within its bounds.`,
    fr: `${path}\u00a0: aucun nombre ne se situe nettement entre ses bornes.`,
    sv: `${path}: inget tal ligger tydligt inom gränserna.`,
  }),
  notCount: (path: string, keyword: string): Words => ({
    en: `${path}: "${keyword}" is not a count.`,
    fr: `${path}\u00a0: "${keyword}" n’est pas un nombre d’éléments.`,
    sv: `${path}: "${keyword}" är inget antal.`,
  }),
  referenceOutside: (path: string, reference: string): Words => ({
    en: `${path}: "$ref" ${reference} is not within the schema.`,
    fr: `${path}\u00a0: "$ref" ${reference} n’est pas dans le schéma.`,
    sv: `${path}: "$ref" ${reference} ligger inte i schemat.`,
  }),
  referenceNowhere: (path: string, reference: string): Words => ({
    en: `${path}: "$ref" ${reference} leads nowhere.`,
    fr: `${path}\u00a0: "$ref" ${reference} ne mène nulle part.`,
    sv: `${path}: "$ref" ${reference} leder ingenstans.`,
  }),
};

import type { Language, Words } from '../../core/policy/rule.ts';
import type { FactName } from './rule-facts.ts';

const labels: Readonly<Record<FactName, Words>> = {
  role: { en: 'part on the path', fr: 'rôle dans le parcours', sv: 'roll på vägen' },
  dataClass: { en: 'data class', fr: 'classe de données', sv: 'dataklass' },
  purpose: { en: 'purpose', fr: 'finalité', sv: 'ändamål' },
  demonstration: { en: 'demonstration', fr: 'démonstration', sv: 'demonstration' },
  organisation: { en: 'organisation', fr: 'organisation', sv: 'organisation' },
  demonstrationOrganisation: {
    en: 'sample organisation',
    fr: 'organisation d’exemple',
    sv: 'exempelorganisation',
  },
  revenue: {
    en: 'revenue of the group a month (EUR)',
    fr: 'chiffre d’affaires mensuel du groupe (EUR)',
    sv: 'koncernens omsättning per månad (EUR)',
  },
  site: { en: 'site', fr: 'site', sv: 'plats' },
  simulated: { en: 'the site is simulated', fr: 'le site est simulé', sv: 'platsen är simulerad' },
  state: { en: 'state of the site', fr: 'état du site', sv: 'platsens läge' },
  unclaimed: {
    en: 'nobody has claimed the machine',
    fr: 'personne n’a déclaré la machine',
    sv: 'ingen har tagit maskinen i besittning',
  },
  country: { en: 'country', fr: 'pays', sv: 'land' },
  operator: { en: 'operator', fr: 'exploitant', sv: 'driftansvarig' },
  parent: { en: 'parent company', fr: 'société mère', sv: 'moderbolag' },
  certifications: { en: 'valid certifications', fr: 'certifications valables', sv: 'giltiga certifieringar' },
  expiredFacts: { en: 'facts that have expired', fr: 'informations expirées', sv: 'uppgifter som gått ut' },
  expiredCertifications: {
    en: 'certifications that have expired',
    fr: 'certifications expirées',
    sv: 'certifieringar som gått ut',
  },
  tier: { en: 'evidence tier', fr: 'niveau de preuve', sv: 'bevisnivå' },
  model: { en: 'model', fr: 'modèle', sv: 'modell' },
  licence: { en: 'licence', fr: 'licence', sv: 'licens' },
  nonCommercial: {
    en: 'the licence is non-commercial',
    fr: 'la licence est non commerciale',
    sv: 'licensen är icke-kommersiell',
  },
  revenueCap: {
    en: 'revenue limit of the licence (EUR a month)',
    fr: 'plafond de la licence (EUR par mois)',
    sv: 'licensens omsättningsgräns (EUR per månad)',
  },
  toy: { en: 'the model is a toy', fr: 'le modèle est un jouet', sv: 'modellen är en leksak' },
};

const valueLabels: Readonly<Record<string, Words>> = {
  true: { en: 'yes', fr: 'oui', sv: 'ja' },
  false: { en: 'no', fr: 'non', sv: 'nej' },
  other: {
    en: 'any that no rule names',
    fr: 'toute valeur qu’aucune règle ne cite',
    sv: 'vilket som helst som ingen regel nämner',
  },
  'in the EEA': { en: 'in the EU/EEA', fr: 'dans l’UE/EEE', sv: 'inom EU/EES' },
  'outside the EEA': { en: 'outside the EU/EEA', fr: 'hors de l’UE/EEE', sv: 'utanför EU/EES' },
  country: { en: 'country', fr: 'pays', sv: 'land' },
  operator: { en: 'operator', fr: 'exploitant', sv: 'driftansvarig' },
  parent: { en: 'parent company', fr: 'société mère', sv: 'moderbolag' },
  none: { en: 'none', fr: 'aucune', sv: 'inga' },
  open: { en: 'open', fr: 'ouvert', sv: 'öppen' },
  'not-open-yet': { en: 'not open yet', fr: 'pas encore ouvert', sv: 'inte öppen än' },
  closed: { en: 'closed', fr: 'fermé', sv: 'stängd' },
};

const unknown: Words = { en: 'unknown', fr: 'inconnu', sv: 'okänt' };

export function factLabel(name: FactName, language: Language): string {
  return labels[name][language];
}

/** Of a value with several parts, each part. */
export function factValueLabel(value: string | undefined, language: Language): string {
  if (value === undefined) return unknown[language];
  const parts = value.split(', ').map((part) => valueLabels[part]?.[language] ?? part);
  return parts.join(', ');
}

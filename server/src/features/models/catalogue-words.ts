import type { WordTable } from '@kulning/sdk';

const en = new Intl.NumberFormat('en-GB');
const fr = new Intl.NumberFormat('fr-FR');
const sv = new Intl.NumberFormat('sv-SE');

export const catalogueWords = {
  revenueCap: (model: string, licence: string, cap: number, revenue: number) => ({
    en: {
      message: `The licence of ${model} (${licence}) gives no rights to groups with more than EUR ${en.format(cap)} of revenue a month; yours has EUR ${en.format(revenue)}.`,
      hint: 'Agree with its makers and state the licence that they gave you with --licence.id, or choose another: kulning models catalogue.',
    },
    fr: {
      message: `La licence de ${model} (${licence}) ne donne aucun droit aux groupes dépassant ${fr.format(cap)} EUR de chiffre d’affaires par mois\u00a0; le vôtre est de ${fr.format(revenue)} EUR.`,
      hint: 'Entendez-vous avec ses auteurs et indiquez la licence obtenue avec --licence.id, ou choisissez-en un autre\u00a0: kulning models catalogue.',
    },
    sv: {
      message: `Licensen för ${model} (${licence}) ger inga rättigheter till koncerner som omsätter mer än ${sv.format(cap)} EUR i månaden; er omsätter ${sv.format(revenue)} EUR.`,
      hint: 'Kom överens med upphovsmännen och ange den licens ni fick med --licence.id, eller välj en annan: kulning models catalogue.',
    },
  }),
} satisfies WordTable;

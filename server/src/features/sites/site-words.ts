import type { WordTable } from '@kulning/sdk';

export const siteWords = {
  unknown: (site: string) => ({
    en: { message: `There is no site ${site}.`, hint: '`kulning sites` lists those there are.' },
    fr: {
      message: `Le site ${site} n’existe pas.`,
      hint: '`kulning sites` donne la liste de ceux qui existent.',
    },
    sv: { message: `Det finns ingen anläggning ${site}.`, hint: '`kulning sites` listar dem som finns.' },
  }),
  slugTaken: (slug: string) => ({
    en: {
      message: `There is a site called ${slug} already.`,
      hint: 'Choose another slug, or change that site.',
    },
    fr: {
      message: `Il y a déjà un site nommé ${slug}.`,
      hint: 'Choisissez un autre nom court, ou modifiez ce site.',
    },
    sv: {
      message: `Det finns redan en anläggning som heter ${slug}.`,
      hint: 'Välj ett annat kortnamn, eller ändra den anläggningen.',
    },
  }),
  inUse: (slug: string, uses: string) => ({
    en: {
      message: `The site ${slug} is in use by: ${uses}.`,
      hint: 'Remove or move what uses it first; to stop work there now, give it a closing date.',
    },
    fr: {
      message: `Le site ${slug} est utilisé par\u00a0: ${uses}.`,
      hint: 'Retirez ou déplacez d’abord ce qui l’utilise\u00a0; pour y arrêter le travail dès maintenant, donnez-lui une date de fermeture.',
    },
    sv: {
      message: `Anläggningen ${slug} används av: ${uses}.`,
      hint: 'Ta bort eller flytta först det som använder den; ge den ett stängningsdatum för att stoppa arbetet där nu.',
    },
  }),
  isThisMachine: (slug: string) => ({
    en: {
      message: `The site ${slug} is this installation itself.`,
      hint: 'Change its facts instead; to stop work there now, give it a closing date.',
    },
    fr: {
      message: `Le site ${slug} est cette installation elle-même.`,
      hint: 'Modifiez plutôt ses faits\u00a0; pour y arrêter le travail dès maintenant, donnez-lui une date de fermeture.',
    },
    sv: {
      message: `Anläggningen ${slug} är den här installationen själv.`,
      hint: 'Ändra dess uppgifter i stället; ge den ett stängningsdatum för att stoppa arbetet där nu.',
    },
  }),
  simulatedForGood: (slug: string) => ({
    en: {
      message: `The site ${slug} is simulated, and that never changes.`,
      hint: 'Add it under another slug.',
    },
    fr: {
      message: `Le site ${slug} est simulé, et cela ne change jamais.`,
      hint: 'Ajoutez-le sous un autre nom court.',
    },
    sv: {
      message: `Anläggningen ${slug} är simulerad, och det ändras aldrig.`,
      hint: 'Lägg till den under ett annat kortnamn.',
    },
  }),
  realForGood: (slug: string) => ({
    en: {
      message: `The site ${slug} is not simulated, and that never changes.`,
      hint: 'Add it under another slug.',
    },
    fr: {
      message: `Le site ${slug} n’est pas simulé, et cela ne change jamais.`,
      hint: 'Ajoutez-le sous un autre nom court.',
    },
    sv: {
      message: `Anläggningen ${slug} är inte simulerad, och det ändras aldrig.`,
      hint: 'Lägg till den under ett annat kortnamn.',
    },
  }),
} satisfies WordTable;

import type { WordTable } from '@kulning/sdk';

export const identityWords = {
  alreadyClaimed: {
    en: { message: 'This instance has an owner already.', hint: 'Sign in, or ask the owner to add you.' },
    fr: {
      message: 'Cette instance a déjà un propriétaire.',
      hint: 'Connectez-vous, ou demandez au propriétaire de vous ajouter.',
    },
    sv: {
      message: 'Den här instansen har redan en ägare.',
      hint: 'Logga in, eller be ägaren lägga till dig.',
    },
  },
  wrongToken: {
    en: {
      message: 'This is not the token that the last start printed.',
      hint: 'Each start prints a new one until the instance is claimed; `kulning status` on the machine shows the address again.',
    },
    fr: {
      message: 'Ce n’est pas le jeton affiché au dernier démarrage.',
      hint: 'Chaque démarrage en affiche un nouveau tant que l’instance n’a pas de propriétaire\u00a0; `kulning status` sur la machine réaffiche l’adresse.',
    },
    sv: {
      message: 'Det här är inte engångskoden som den senaste starten skrev ut.',
      hint: 'Varje start skriver ut en ny tills instansen har en ägare; `kulning status` på maskinen visar adressen igen.',
    },
  },
  scopeBeyondYours: (scope: string) => ({
    en: {
      message: `You do not hold ${scope} yourself.`,
      hint: 'Leave it out, or ask somebody who holds it.',
    },
    fr: {
      message: `Vous n’avez pas vous-même le droit ${scope}.`,
      hint: 'Retirez-le, ou adressez-vous à quelqu’un qui l’a.',
    },
    sv: {
      message: `Du har inte själv rättigheten ${scope}.`,
      hint: 'Utelämna den, eller fråga någon som har den.',
    },
  }),
  keyUnknown: (id: string) => ({
    en: { message: `There is no key ${id} here.`, hint: '`kulning keys list` shows them.' },
    fr: { message: `La clé ${id} n’existe pas ici.`, hint: '`kulning keys list` les montre.' },
    sv: { message: `Det finns ingen nyckel ${id} här.`, hint: '`kulning keys list` visar dem.' },
  }),
  memberExists: {
    en: { message: 'This person is a member already.', hint: 'Change their role instead.' },
    fr: { message: 'Cette personne est déjà membre.', hint: 'Changez plutôt son rôle.' },
    sv: { message: 'Personen är redan medlem.', hint: 'Ändra rollen i stället.' },
  },
  memberUnknown: {
    en: { message: 'There is no such member here.' },
    fr: { message: 'Ce membre n’existe pas ici.' },
    sv: { message: 'Den medlemmen finns inte här.' },
  },
  lastOwner: {
    en: {
      message: 'An organisation keeps at least one owner.',
      hint: 'Make somebody else owner first.',
    },
    fr: {
      message: 'Une organisation garde au moins un propriétaire.',
      hint: 'Nommez d’abord un autre propriétaire.',
    },
    sv: {
      message: 'En organisation har alltid minst en ägare.',
      hint: 'Gör först någon annan till ägare.',
    },
  },
  ownerOnly: {
    en: { message: 'Only an owner makes, changes or removes an owner.' },
    fr: { message: 'Seul un propriétaire peut nommer, modifier ou retirer un propriétaire.' },
    sv: { message: 'Bara en ägare kan utse, ändra eller ta bort en ägare.' },
  },
  accountLocked: {
    en: { message: 'Too many wrong passphrases for this account.', hint: 'Wait five minutes.' },
    fr: { message: 'Trop de phrases de passe erronées pour ce compte.', hint: 'Attendez cinq minutes.' },
    sv: { message: 'För många felaktiga lösenfraser för kontot.', hint: 'Vänta fem minuter.' },
  },
  wrongLogin: {
    en: { message: 'This e-mail and passphrase do not belong together.' },
    fr: { message: 'Cette adresse e-mail et cette phrase de passe ne vont pas ensemble.' },
    sv: { message: 'E-postadressen och lösenfrasen hör inte ihop.' },
  },
  noOrganisation: {
    en: {
      message: 'You belong to no organisation here.',
      hint: 'Ask an owner or admin to add you.',
    },
    fr: {
      message: 'Vous n’appartenez à aucune organisation ici.',
      hint: 'Demandez à un propriétaire ou à un administrateur de vous ajouter.',
    },
    sv: {
      message: 'Du hör inte till någon organisation här.',
      hint: 'Be en ägare eller administratör lägga till dig.',
    },
  },
  organisationUnknown: {
    en: { message: 'There is no such organisation that you belong to.' },
    fr: { message: 'Vous n’appartenez à aucune organisation de ce nom.' },
    sv: { message: 'Du hör inte till någon sådan organisation.' },
  },
  keyNotOurs: {
    en: {
      message: 'This API key does not exist here.',
      hint: 'Create another under Settings → Keys, or with `kulning keys create`.',
    },
    fr: {
      message: 'Cette clé d’API n’existe pas ici.',
      hint: 'Créez-en une autre sous Réglages → Clés d’API, ou avec `kulning keys create`.',
    },
    sv: {
      message: 'API-nyckeln finns inte här.',
      hint: 'Skapa en annan under Inställningar → API-nycklar, eller med `kulning keys create`.',
    },
  },
  keyRevoked: {
    en: {
      message: 'This API key has been revoked.',
      hint: 'Create another under Settings → Keys, or with `kulning keys create`.',
    },
    fr: {
      message: 'Cette clé d’API a été révoquée.',
      hint: 'Créez-en une autre sous Réglages → Clés d’API, ou avec `kulning keys create`.',
    },
    sv: {
      message: 'API-nyckeln är återkallad.',
      hint: 'Skapa en annan under Inställningar → API-nycklar, eller med `kulning keys create`.',
    },
  },
  keyExpired: {
    en: {
      message: 'This API key has expired.',
      hint: 'Create another under Settings → Keys, or with `kulning keys create`.',
    },
    fr: {
      message: 'Cette clé d’API a expiré.',
      hint: 'Créez-en une autre sous Réglages → Clés d’API, ou avec `kulning keys create`.',
    },
    sv: {
      message: 'API-nyckeln har gått ut.',
      hint: 'Skapa en annan under Inställningar → API-nycklar, eller med `kulning keys create`.',
    },
  },
} satisfies WordTable;

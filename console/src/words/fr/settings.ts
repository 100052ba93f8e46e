import { plural } from '../format.ts';
import type { SettingsWords } from '../en.ts';

const count = (number: number, one: string, other: string) => plural('fr', number, { one, other });

export const settings: SettingsWords = {
  organisation: {
    title: 'Organisation',
    name: 'Nom',
    language: 'Langue',
    languageHint: 'Pour les avis adressés à l’extérieur.',
    revenue: 'Chiffre d’affaires annuel du groupe, en euros',
    revenueHint:
      'Certaines licences de modèles s’arrêtent à un chiffre d’affaires. Vide vaut inconnu, et ces modèles sont alors refusés.',
    retention: 'Conservation des questions et réponses',
    retentionLead:
      'Le contenu est gardé au coffre, chiffré, ou pas du tout. Les reçus ne contiennent jamais de contenu.',
    keepNothing: 'Ne rien garder',
    keepDays: 'Garder quelques jours',
    days: 'Jours',
    daysOf: (days) => count(days, '# jour', '# jours'),
    sample: 'Société d’exemple',
    sampleLead:
      'Des e-mails, des documents et un contact pour faire des essais. Tout y est marqué comme exemple.',
    sampleGone: 'La société d’exemple a été retirée.',
    sampleReset: 'La remettre comme au départ',
    sampleRemove: 'Retirer la société d’exemple',
    sampleRemoveMeans:
      'Tous ses e-mails, documents, contacts et appels sont effacés. Elle peut être remise comme au départ.',
    sampleBack: (mails, documents) =>
      `De retour : ${count(mails, '# e-mail', '# e-mails')} et ${count(documents, '# document', '# documents')}.`,
  },
  members: {
    lead: 'Qui fait partie de cette organisation, et ce que chacun peut faire.',
    add: 'Ajouter une personne',
    addLead: 'Transmettez-lui la première phrase de passe par une autre voie ; elle pourra la changer.',
    name: 'Nom',
    role: 'Rôle',
    roleOf: (name) => `Rôle de ${name}`,
    since: 'Depuis',
    passphrase: 'Première phrase de passe',
    removeOf: (name) => `Retirer ${name}`,
    removeMeans: 'Ses sessions se terminent aussitôt. Ce que cette personne a fait reste au registre.',
    rolesTitle: 'Ce que chaque rôle peut faire',
    roles: {
      owner: 'Propriétaire',
      admin: 'Administrateur',
      developer: 'Développeur',
      operator: 'Exploitant',
      dpo: 'Délégué à la protection des données',
      auditor: 'Auditeur',
      member: 'Membre',
    },
    roleMeans: {
      owner: 'Tout.',
      admin: 'Tout, sauf effacer une personne.',
      developer: 'Fait des appels, des clés et des modèles ; lit les sites, la politique et les reçus.',
      operator: 'Gère les sites et les modèles ; lit les appels, la politique et les reçus.',
      dpo: 'Lit tout, efface des personnes, change la politique.',
      auditor: 'Lit tout, sauf ce qui est gardé sur des personnes.',
      member: 'Fait des appels ; lit les modèles, les sites, la politique et les reçus.',
    },
  },
  keys: {
    lead: 'Pour les programmes. Une clé porte des droits, une fin, et la classe de données de ses appels, sauf s’ils en disent une plus stricte.',
    create: 'Créer une clé',
    createLead: 'Ne lui donnez que ce dont son programme a besoin.',
    created: 'Votre nouvelle clé',
    createdLead: 'Elle n’est affichée que cette fois. Seule son empreinte est gardée ici.',
    kept: 'Je l’ai gardée',
    empty: 'Aucune clé pour l’instant',
    emptyLead:
      'Un programme en a besoin pour appeler la passerelle. Tout client OpenAI convient, dirigé vers l’adresse de la passerelle.',
    name: 'Nom',
    prefix: 'Commence par',
    valid: 'valable',
    expired: 'expirée',
    revoked: 'révoquée',
    scopes: 'Droits',
    scopesOf: (number) =>
      `${count(number, '# droit', '# droits')}. Sauf changement : interroger les modèles, les lister, lire les reçus.`,
    expires: 'Fin',
    never: 'jamais',
    revoke: 'Révoquer',
    revokeOf: (name) => `Révoquer ${name}`,
    revokeMeans:
      'Les passerelles cessent de l’accepter en moins d’une seconde. Les programmes qui s’en servent reçoivent 401. Elle ne peut pas revenir.',
    defaultClass: 'Classe de données de ses appels',
    defaultClassHint:
      'Un appel peut en dire une plus stricte, jamais plus large. Les appels non classés sont refusés.',
    days: 'Jours jusqu’à sa fin',
    daysHint: 'Vide : jamais.',
  },
  clients: {
    lead: 'Des organisations sous la vôtre. Aucune ne voit les autres.',
    add: 'Ajouter un client',
    addLead: 'Il aura ses propres clés, membres, durée de conservation et reçus.',
    name: 'Nom',
    empty: 'Aucun client pour l’instant',
    emptyLead:
      'Une agence tient chaque client à part, dans sa propre organisation. Si vous travaillez pour vous-même, il ne vous en faut aucun.',
  },
  appearance: {
    lead: 'Gardé dans ce navigateur seulement.',
    theme: 'Thème',
    themes: { system: 'Comme le système', light: 'Clair', dark: 'Sombre' },
  },
};

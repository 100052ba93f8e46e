import { KulningError } from '@kulning/sdk';

export const unknownScope = (level: string, scopeId: string) =>
  new KulningError({
    code: 'limit.scope_unknown',
    status: 404,
    path: 'params.scopeId',
    text: {
      en: {
        message: `There is no ${level} ${scopeId} whose limits you may set.`,
        hint: 'Keys and teams are set by their organisation, a client by its agency. `kulning limits list` shows them.',
      },
      fr: {
        message: `Il n’y a pas de ${level} ${scopeId} dont vous puissiez fixer les limites.`,
        hint: 'Une organisation fixe celles de ses clés et équipes, une agence celles de ses clients. `kulning limits list` les montre.',
      },
      sv: {
        message: `Det finns ingen ${level} ${scopeId} vars gränser du får sätta.`,
        hint: 'Nycklar och team sätts av sin organisation, en kund av sin byrå. `kulning limits list` visar dem.',
      },
    },
  });

export const unknownTeam = (teamId: string) =>
  new KulningError({
    code: 'team.unknown',
    status: 404,
    text: {
      en: { message: `There is no team ${teamId} here.`, hint: '`kulning teams list` shows them.' },
      fr: { message: `Il n’y a pas d’équipe ${teamId} ici.`, hint: '`kulning teams list` les montre.' },
      sv: { message: `Det finns inget team ${teamId} här.`, hint: '`kulning teams list` visar dem.' },
    },
  });

export const teamNameTaken = (name: string) =>
  new KulningError({
    code: 'team.name_taken',
    status: 409,
    path: 'body.name',
    text: {
      en: { message: `There is a team ${name} already.`, hint: 'Choose another name.' },
      fr: { message: `Il y a déjà une équipe ${name}.`, hint: 'Choisissez un autre nom.' },
      sv: { message: `Det finns redan ett team ${name}.`, hint: 'Välj ett annat namn.' },
    },
  });

export const strangerInTeam = (id: string) =>
  new KulningError({
    code: 'team.member_unknown',
    status: 400,
    path: id.startsWith('key_') ? 'body.keyIds' : 'body.userIds',
    text: {
      en: {
        message: `${id} does not belong to this organisation.`,
        hint: '`kulning keys list` and `kulning members list` show who does.',
      },
      fr: {
        message: `${id} n’appartient pas à cette organisation.`,
        hint: '`kulning keys list` et `kulning members list` montrent qui en fait partie.',
      },
      sv: {
        message: `${id} hör inte till den här organisationen.`,
        hint: '`kulning keys list` och `kulning members list` visar vilka som gör det.',
      },
    },
  });

export const unknownDeployment = (deploymentId: string) =>
  new KulningError({
    code: 'deployment.unknown',
    status: 404,
    path: 'body.deploymentId',
    text: {
      en: {
        message: `There is no deployment ${deploymentId}.`,
        hint: '`kulning deployments list` shows them.',
      },
      fr: {
        message: `Il n’y a pas de déploiement ${deploymentId}.`,
        hint: '`kulning deployments list` les montre.',
      },
      sv: {
        message: `Det finns ingen driftsättning ${deploymentId}.`,
        hint: '`kulning deployments list` visar dem.',
      },
    },
  });

export const priceInThePast = () =>
  new KulningError({
    code: 'price.in_the_past',
    status: 400,
    path: 'body.validFrom',
    text: {
      en: {
        message: 'A price cannot begin in the past: calls were charged by the one before.',
        hint: 'Leave validFrom out for now, or give a later moment.',
      },
      fr: {
        message: 'Un prix ne peut commencer dans le passé : des appels ont été facturés avec le précédent.',
        hint: 'Omettez validFrom pour maintenant, ou donnez un moment à venir.',
      },
      sv: {
        message: 'Ett pris kan inte börja gälla i det förflutna: anrop har redan debiterats med det förra.',
        hint: 'Utelämna validFrom för nu, eller ange en senare tidpunkt.',
      },
    },
  });

export const unknownClient = (organisationId: string) =>
  new KulningError({
    code: 'organisation.unknown',
    status: 404,
    path: 'query.organisationId',
    text: {
      en: {
        message: `${organisationId} is neither this organisation nor a client of it.`,
        hint: '`kulning organisations list` shows them.',
      },
      fr: {
        message: `${organisationId} n’est ni cette organisation ni l’un de ses clients.`,
        hint: '`kulning organisations list` les montre.',
      },
      sv: {
        message: `${organisationId} är varken den här organisationen eller en kund till den.`,
        hint: '`kulning organisations list` visar dem.',
      },
    },
  });

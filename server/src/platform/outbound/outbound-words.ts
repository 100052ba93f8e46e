import type { Localized, Notice } from '@kulning/sdk';

const allow = (entry: string) => `outbound: { allowedHosts: [${JSON.stringify(entry)}] }`;

type Sentence = (host: string, address: string) => Localized<Notice>;

/** Why something may not be fetched, and the one line that would allow it. */
export const outboundWords: Readonly<
  Record<'outbound.url_invalid' | 'outbound.host_not_allowed' | 'outbound.address_not_allowed', Sentence>
> = {
  'outbound.url_invalid': (url) => ({
    en: { message: `“${url}” is not an http or https address.` },
    fr: { message: `«\u00a0${url}\u00a0» n’est pas une adresse http ou https.` },
    sv: { message: `”${url}” är ingen http- eller https-adress.` },
  }),
  'outbound.host_not_allowed': (host) => ({
    en: {
      message: `Kulning may not connect to ${host}: it calls out only to hosts that its operator named.`,
      hint: `Add this to kulning.yaml and start Kulning again: ${allow(host)}`,
    },
    fr: {
      message: `Kulning ne peut pas se connecter à ${host}\u00a0: il n’appelle que les hôtes nommés par son exploitant.`,
      hint: `Ajoutez ceci à kulning.yaml et redémarrez Kulning\u00a0: ${allow(host)}`,
    },
    sv: {
      message: `Kulning får inte ansluta till ${host}: det anropar bara värdar som driftansvarig har angett.`,
      hint: `Lägg till detta i kulning.yaml och starta om Kulning: ${allow(host)}`,
    },
  }),
  'outbound.address_not_allowed': (host, address) => ({
    en: {
      message: `${host} leads to ${address}, a private address that nobody named.`,
      hint: `If that is meant, name the address too: ${allow(address)}`,
    },
    fr: {
      message: `${host} mène à ${address}, une adresse privée que personne n’a nommée.`,
      hint: `Si c’est voulu, nommez aussi l’adresse\u00a0: ${allow(address)}`,
    },
    sv: {
      message: `${host} leder till ${address}, en privat adress som ingen har angett.`,
      hint: `Om det är meningen, ange även adressen: ${allow(address)}`,
    },
  }),
};

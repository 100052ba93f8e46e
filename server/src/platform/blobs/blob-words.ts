import type { WordTable } from '@kulning/sdk';

export const blobWords = {
  notFound: {
    en: { message: 'This blob is not in the store.' },
    fr: { message: 'Ce blob n’est pas dans le dépôt.' },
    sv: { message: 'Den här blobben finns inte i förrådet.' },
  },
  damaged: {
    en: {
      message: 'A blob does not open: its bytes or its record are not those that were sealed.',
      hint: 'Restore it from a backup; run `kulning doctor` to check the disk.',
    },
    fr: {
      message:
        'Un blob ne s’ouvre pas\u00a0: ses octets ou son enregistrement ne sont pas ceux qui ont été scellés.',
      hint: 'Restaurez-le depuis une sauvegarde\u00a0; lancez `kulning doctor` pour vérifier le disque.',
    },
    sv: {
      message: 'En blob går inte att öppna: dess byte eller dess post är inte de som förseglades.',
      hint: 'Återställ den från en säkerhetskopia; kör `kulning doctor` för att kontrollera disken.',
    },
  },
  notDeleted: (digest: string) => ({
    en: {
      message: `Blob ${digest} is still there after it was removed.`,
      hint: 'Check the permissions of the blob folder and the disk, then erase again.',
    },
    fr: {
      message: `Le blob ${digest} est toujours là après son retrait.`,
      hint: 'Vérifiez les permissions du dossier des blobs et le disque, puis effacez à nouveau.',
    },
    sv: {
      message: `Blobben ${digest} finns kvar efter att den togs bort.`,
      hint: 'Kontrollera blobbmappens rättigheter och disken, och radera sedan igen.',
    },
  }),
  badDigest: {
    en: { message: 'This is not the digest of a blob.' },
    fr: { message: 'Ceci n’est pas l’empreinte d’un blob.' },
    sv: { message: 'Det här är inte kontrollsumman för en blob.' },
  },
} satisfies WordTable;

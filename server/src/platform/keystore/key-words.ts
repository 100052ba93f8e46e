import type { WordTable } from '@kulning/sdk';

export const keyWords = {
  rootMissing: (path: string) => ({
    en: {
      message: `${path} is missing or damaged, and what was encrypted under it is there.`,
      hint: 'Set KULNING_KEYS to the folder that belongs to this home, or restore that folder from its own copy. Kulning makes no new root key in place of a lost one.',
    },
    fr: {
      message: `${path} est absent ou endommagé, alors que ce qui a été chiffré avec elle est là.`,
      hint: 'Donnez à KULNING_KEYS le dossier qui va avec cet état, ou restaurez ce dossier depuis sa propre copie. Kulning ne remplace pas une clé racine perdue par une nouvelle.',
    },
    sv: {
      message: `${path} saknas eller är skadad, och det som har krypterats med den finns kvar.`,
      hint: 'Sätt KULNING_KEYS till mappen som hör till den här hemmappen, eller återställ mappen från dess egen kopia. Kulning gör ingen ny rotnyckel i stället för en förlorad.',
    },
  }),
  badOrganisation: {
    en: { message: 'This is not an organisation id.' },
    fr: { message: 'Ceci n’est pas l’identifiant d’une organisation.' },
    sv: { message: 'Det här är inte en organisations id.' },
  },
  changed: {
    en: { message: 'The keys changed while they were read.', hint: 'Try again.' },
    fr: { message: 'Les clés ont changé pendant leur lecture.', hint: 'Réessayez.' },
    sv: { message: 'Nycklarna ändrades medan de lästes.', hint: 'Försök igen.' },
  },
  notAFile: (path: string) => ({
    en: {
      message: `${path} must be an ordinary file.`,
      hint: 'A link or a folder stands in its place: restore the key folder from its own backup.',
    },
    fr: {
      message: `${path} doit être un fichier ordinaire.`,
      hint: 'Un lien ou un dossier occupe sa place\u00a0: restaurez le dossier des clés depuis sa propre sauvegarde.',
    },
    sv: {
      message: `${path} måste vara en vanlig fil.`,
      hint: 'En länk eller mapp står på dess plats: återställ nyckelmappen från dess egen säkerhetskopia.',
    },
  }),
  notDestroyed: (path: string) => ({
    en: {
      message: `The key file ${path} is still there after it was removed.`,
      hint: 'Check the permissions of the key folder, and whether something synchronises it back.',
    },
    fr: {
      message: `Le fichier de clé ${path} est toujours là après son retrait.`,
      hint: 'Vérifiez les permissions du dossier des clés, et si quelque chose le resynchronise.',
    },
    sv: {
      message: `Nyckelfilen ${path} finns kvar efter att den togs bort.`,
      hint: 'Kontrollera nyckelmappens rättigheter, och om något synkar tillbaka den.',
    },
  }),
  readableByOthers: (path: string, mode: string, remedy: string) => ({
    en: {
      message: `${path} holds keys and other users can reach it (mode ${mode}).`,
      hint: `${remedy} '${path}', then start again. If others may have read it, make new keys.`,
    },
    fr: {
      message: `${path} contient des clés et d’autres utilisateurs peuvent y accéder (mode ${mode}).`,
      hint: `${remedy} '${path}', puis redémarrez. Si d’autres ont pu le lire, faites de nouvelles clés.`,
    },
    sv: {
      message: `${path} innehåller nycklar och andra användare kommer åt den (rättigheter ${mode}).`,
      hint: `${remedy} '${path}', och starta sedan om. Om andra kan ha läst den, gör nya nycklar.`,
    },
  }),
  notOwned: (path: string, owner: number, self: number) => ({
    en: {
      message: `${path} holds keys and belongs to another user (uid ${owner}).`,
      hint: `chown ${self} '${path}', or start Kulning as that user.`,
    },
    fr: {
      message: `${path} contient des clés et appartient à un autre utilisateur (uid ${owner}).`,
      hint: `chown ${self} '${path}', ou démarrez Kulning sous cet utilisateur.`,
    },
    sv: {
      message: `${path} innehåller nycklar och tillhör en annan användare (uid ${owner}).`,
      hint: `chown ${self} '${path}', eller starta Kulning som den användaren.`,
    },
  }),
  destroyed: (epoch: number) => ({
    en: {
      message: `The key of epoch ${epoch} is gone; what it protected cannot be read any more.`,
      hint: 'It was destroyed by an erasure or revoked. See `kulning erasures list`.',
    },
    fr: {
      message: `La clé de l’époque ${epoch} n’existe plus\u00a0; ce qu’elle protégeait ne peut plus être lu.`,
      hint: 'Elle a été détruite par un effacement, ou révoquée. Voyez `kulning erasures list`.',
    },
    sv: {
      message: `Nyckeln för epok ${epoch} är borta; det som den skyddade går inte längre att läsa.`,
      hint: 'Den förstördes av en radering eller återkallades. Se `kulning erasures list`.',
    },
  }),
  destructionMethod: {
    en: 'file overwritten with random bytes, unlinked, file and folder synced to disk',
    fr: 'fichier recouvert d’octets aléatoires, supprimé\u00a0; fichier et dossier synchronisés sur le disque',
    sv: 'filen överskriven med slumpmässiga byte och borttagen; fil och mapp synkade till disk',
  },
  destructionReadBack: {
    en: 'the keystore has no key of this epoch',
    fr: 'le dossier des clés n’a pas de clé de cette époque',
    sv: 'nyckelmappen har ingen nyckel för den här epoken',
  },
  wrappedDamaged: {
    en: {
      message:
        'A wrapped key does not open: its bytes, its record or its keystore are not the ones it was made with.',
      hint: 'If KULNING_KEYS was changed, point it to the key folder that belongs to this database.',
    },
    fr: {
      message:
        'Une clé enveloppée ne s’ouvre pas\u00a0: ses octets, son enregistrement ou son trousseau ne sont pas ceux de sa création.',
      hint: 'Si KULNING_KEYS a été modifié, faites-le pointer vers le dossier des clés de cette base de données.',
    },
    sv: {
      message:
        'En inpackad nyckel går inte att öppna: dess byte, dess post eller dess nyckelförråd är inte de som den gjordes med.',
      hint: 'Om KULNING_KEYS har ändrats, peka ut nyckelmappen som hör till den här databasen.',
    },
  },
} satisfies WordTable;

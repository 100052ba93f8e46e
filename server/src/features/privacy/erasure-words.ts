import type { WordTable } from '@kulning/sdk';

export const erasureWords = {
  notFound: {
    en: { message: 'There is no such erasure.', hint: '`kulning erasures list` shows those there are.' },
    fr: {
      message: 'Cet effacement n’existe pas.',
      hint: '`kulning erasures list` montre ceux qui existent.',
    },
    sv: { message: 'Den raderingen finns inte.', hint: '`kulning erasures list` visar dem som finns.' },
  },
  keyAlive: {
    en: {
      message: 'A record under the destroyed key still opens.',
      hint: 'Stop Kulning, look whether the key folder is a copy that is synchronised back, and start again.',
    },
    fr: {
      message: 'Un enregistrement sous la clé détruite s’ouvre encore.',
      hint: 'Arrêtez Kulning, voyez si le dossier des clés est une copie qui se resynchronise, puis redémarrez.',
    },
    sv: {
      message: 'En post under den förstörda nyckeln går fortfarande att öppna.',
      hint: 'Stoppa Kulning, se efter om nyckelmappen är en kopia som synkas tillbaka, och starta igen.',
    },
  },
  storeMissing: (store: string) => ({
    en: {
      message: `The erasure covers the store ${store}, and this process has none of that name.`,
      hint: 'Finish open erasures before a feature is taken out.',
    },
    fr: {
      message: `L’effacement couvre le dépôt ${store}, et ce processus n’en a pas de ce nom.`,
      hint: 'Terminez les effacements en cours avant de retirer une fonction.',
    },
    sv: {
      message: `Raderingen omfattar förrådet ${store}, och den här processen har inget med det namnet.`,
      hint: 'Slutför pågående raderingar innan en funktion tas bort.',
    },
  }),
  requestLost: {
    en: {
      message: 'The request of this erasure is not in the vault any more, so it cannot go on.',
      hint: 'A backup from before the request may have been restored. Ask for the erasure again.',
    },
    fr: {
      message: 'La demande de cet effacement n’est plus dans le coffre\u00a0: il ne peut pas continuer.',
      hint: 'Une sauvegarde antérieure à la demande a peut-être été restaurée. Demandez à nouveau l’effacement.',
    },
    sv: {
      message: 'Begäran om raderingen finns inte längre i valvet, så den kan inte fortsätta.',
      hint: 'En säkerhetskopia från före begäran kan ha återställts. Begär raderingen igen.',
    },
  },
  notCompleted: (state: string) => ({
    en: {
      message: `There is no certificate yet: the erasure is in the state ${state}.`,
      hint: 'Try again in a few seconds.',
    },
    fr: {
      message: `Il n’y a pas encore de certificat\u00a0: l’effacement est dans l’état ${state}.`,
      hint: 'Réessayez dans quelques secondes.',
    },
    sv: {
      message: `Det finns inget intyg än: raderingen är i läget ${state}.`,
      hint: 'Försök igen om några sekunder.',
    },
  }),
  nothingFound: {
    en: {
      message: 'Nothing of this person was found, so there is nothing to erase.',
      hint: 'Try other spellings and identifiers: e-mail, phone, customer id, name.',
    },
    fr: {
      message: 'Rien n’a été trouvé sur cette personne\u00a0: il n’y a rien à effacer.',
      hint: 'Essayez d’autres graphies et identifiants\u00a0: e-mail, téléphone, numéro de client, nom.',
    },
    sv: {
      message: 'Inget hittades om personen, så det finns inget att radera.',
      hint: 'Pröva andra skrivsätt och uppgifter: e-post, telefon, kundnummer, namn.',
    },
  },
  undecided: {
    en: {
      message: 'Some records bear only the name, and nobody has decided whether they are this person.',
      hint: 'Look at `undecided` in the preview and give a decision for each record: destroy, redact or keep.',
    },
    fr: {
      message:
        'Certains enregistrements ne portent que le nom, et personne n’a décidé s’il s’agit de cette personne.',
      hint: 'Regardez `undecided` dans l’aperçu et décidez pour chaque enregistrement\u00a0: destroy, redact ou keep.',
    },
    sv: {
      message: 'Vissa poster bär bara namnet, och ingen har avgjort om de gäller den här personen.',
      hint: 'Se `undecided` i förhandsvisningen och avgör för varje post: destroy, redact eller keep.',
    },
  },
  planChanged: {
    en: {
      message: 'What would be erased is not what the preview showed.',
      hint: 'Read a new preview and pass its digest.',
    },
    fr: {
      message: 'Ce qui serait effacé n’est pas ce que l’aperçu montrait.',
      hint: 'Lisez un nouvel aperçu et transmettez son empreinte.',
    },
    sv: {
      message: 'Det som skulle raderas är inte det som förhandsvisningen visade.',
      hint: 'Läs en ny förhandsvisning och skicka med dess kontrollsumma.',
    },
  },
  holdsOldKey: (process: string, seenAt: string) => ({
    en: `${process} still has records under the old key; last heard of ${seenAt}`,
    fr: `${process} a encore des enregistrements sous l’ancienne clé\u00a0; dernier signe de vie\u00a0: ${seenAt}`,
    sv: `${process} har fortfarande poster under den gamla nyckeln; hördes senast av ${seenAt}`,
  }),
  notForgotten: (process: string) => ({
    en: `${process} has not confirmed yet that it forgot the old key`,
    fr: `${process} n’a pas encore confirmé avoir oublié l’ancienne clé`,
    sv: `${process} har ännu inte bekräftat att den glömt den gamla nyckeln`,
  }),
  failedAndRepeated: {
    en: 'an error; it is tried again, and the log says more',
    fr: 'une erreur\u00a0; une nouvelle tentative suit, et le journal en dit plus',
    sv: 'ett fel; ett nytt försök görs, och loggen säger mer',
  },
} satisfies WordTable;

/** What the certificate says of stores, keys and copies. */
export const certificateWords = {
  commitmentNote: {
    en: 'HMAC-SHA256 of the identifiers searched for; opens with the salt that the requester received and Kulning did not keep.',
    fr: 'HMAC-SHA256 des identifiants recherchés\u00a0; s’ouvre avec le sel que le demandeur a reçu et que Kulning n’a pas gardé.',
    sv: 'HMAC-SHA256 av de uppgifter som söktes; öppnas med saltet som den som begärde fick och som Kulning inte har sparat.',
  },
  meaning: {
    en: 'Evidence towards duties under Art. 17 and 19 GDPR. It states what Kulning did and what it read back. Whether that satisfies Art. 17 is the assessment of the controller.',
    fr: 'Élément de preuve au regard des obligations des art. 17 et 19 du RGPD. Il énonce ce que Kulning a fait et ce qu’il a relu. Dire si cela satisfait à l’art. 17 revient au responsable du traitement.',
    sv: 'Underlag som rör skyldigheter enligt art. 17 och 19 GDPR. Det anger vad Kulning gjorde och vad som lästes tillbaka. Om det räcker för art. 17 bedömer den personuppgiftsansvarige.',
  },
  notRegistered: {
    en: 'this store is not registered any more',
    fr: 'ce dépôt n’est plus enregistré',
    sv: 'förrådet är inte längre registrerat',
  },
  notReadYet: { en: 'not read back yet', fr: 'pas encore relu', sv: 'inte läst tillbaka än' },
  vaultMethod: {
    en: 'record keys destroyed with their rows; shared records redacted and sealed again under a new key',
    fr: 'clés des enregistrements détruites avec leurs lignes\u00a0; enregistrements partagés caviardés et rescellés sous une nouvelle clé',
    sv: 'posternas nycklar förstörda med sina rader; delade poster överstrukna och förseglade på nytt under en ny nyckel',
  },
  rowsRead: (rows: number, left: number, found: number, unexpected: number) => ({
    en: `${rows} rows looked up, ${left} there; every readable record opened and searched: ${found} with the person, ${unexpected} of them unexpected`,
    fr: `${rows} lignes recherchées, ${left} présentes\u00a0; chaque enregistrement lisible ouvert et parcouru\u00a0: ${found} avec la personne, dont ${unexpected} inattendus`,
    sv: `${rows} rader eftersökta, ${left} kvar; varje läsbar post öppnad och genomsökt: ${found} med personen, varav ${unexpected} oväntade`,
  }),
  requestMethod: {
    en: 'sealed under the key that dies with the erasure',
    fr: 'scellée sous la clé qui meurt avec l’effacement',
    sv: 'förseglad under nyckeln som dör med raderingen',
  },
  requestEvidence: {
    en: 'the request itself is under the old key, and was tried again after the key died',
    fr: 'la demande elle-même est sous l’ancienne clé, et a été essayée à nouveau après la mort de la clé',
    sv: 'begäran ligger själv under den gamla nyckeln, och prövades igen efter att nyckeln dött',
  },
  filesMethod: {
    en: 'holds ciphertext and identifiers only; read back byte by byte',
    fr: 'ne contient que du chiffré et des identifiants\u00a0; relu octet par octet',
    sv: 'innehåller bara chiffertext och id; läst tillbaka byte för byte',
  },
  filesElsewhere: {
    en: 'the files are not on this machine',
    fr: 'les fichiers ne sont pas sur cette machine',
    sv: 'filerna finns inte på den här maskinen',
  },
  filesElsewhereWhy: {
    en: 'The files are not on this machine. Rows were read back through SQL; only ciphertext was ever sent.',
    fr: 'Les fichiers ne sont pas sur cette machine. Les lignes ont été relues par SQL\u00a0; seul du chiffré a jamais été envoyé.',
    sv: 'Filerna finns inte på den här maskinen. Raderna lästes tillbaka via SQL; bara chiffertext har någonsin skickats.',
  },
  foundNowhere: (files: number, bytes: number) => ({
    en: `${files} files, ${bytes} bytes searched for each spelling of each identifier: found nowhere`,
    fr: `${files} fichiers, ${bytes} octets parcourus pour chaque graphie de chaque identifiant\u00a0: trouvé nulle part`,
    sv: `${files} filer, ${bytes} byte genomsökta efter varje skrivsätt av varje uppgift: hittades ingenstans`,
  }),
  foundIn: (files: number, bytes: number, places: string) => ({
    en: `${files} files, ${bytes} bytes searched for each spelling of each identifier: found in ${places}`,
    fr: `${files} fichiers, ${bytes} octets parcourus pour chaque graphie de chaque identifiant\u00a0: trouvé dans ${places}`,
    sv: `${files} filer, ${bytes} byte genomsökta efter varje skrivsätt av varje uppgift: hittades i ${places}`,
  }),
  unread: (files: number) => ({
    en: `; files that could not be read: ${files}`,
    fr: `\u00a0; fichiers illisibles\u00a0: ${files}`,
    sv: `; filer som inte gick att läsa: ${files}`,
  }),
  noCopyKnown: {
    en: 'Kulning knows of no copy; others cannot be looked into',
    fr: 'Kulning ne connaît aucune copie\u00a0; les autres ne peuvent être examinées',
    sv: 'Kulning känner inte till någon kopia; andra går inte att undersöka',
  },
  copiesUnreadable: (copies: number) => ({
    en: `copies that hold ciphertext, whose key died with this erasure: ${copies}`,
    fr: `copies contenant du chiffré, dont la clé est morte avec cet effacement\u00a0: ${copies}`,
    sv: `kopior med chiffertext, vars nyckel dog med den här raderingen: ${copies}`,
  }),
  backupsMethod: {
    en: 'not changed: what they hold is ciphertext, and the key dies here',
    fr: 'inchangées\u00a0: elles contiennent du chiffré, et la clé meurt ici',
    sv: 'oförändrade: de innehåller chiffertext, och nyckeln dör här',
  },
  backup: (name: string) => ({
    en: `backup ${name}`,
    fr: `sauvegarde ${name}`,
    sv: `säkerhetskopia ${name}`,
  }),
  madeAt: (time: string) => ({ en: `made ${time}`, fr: `faite le ${time}`, sv: `gjord ${time}` }),
  backupCopies: { en: 'copies of backups', fr: 'copies de sauvegardes', sv: 'kopior av säkerhetskopior' },
  backupCopiesWhy: {
    en: 'Kulning knows the backups in its own folder; a copy that somebody made elsewhere holds the same ciphertext.',
    fr: 'Kulning connaît les sauvegardes de son propre dossier\u00a0; une copie faite ailleurs contient le même chiffré.',
    sv: 'Kulning känner till säkerhetskopiorna i sin egen mapp; en kopia som någon gjort på annat håll innehåller samma chiffertext.',
  },
  enginesMethod: {
    en: 'listed: a server outside this machine keeps what it keeps',
    fr: 'listés\u00a0: un serveur hors de cette machine garde ce qu’il garde',
    sv: 'listade: en server utanför den här maskinen sparar det den sparar',
  },
  enginesWhy: {
    en: 'Prompts were sent there; what it logged or kept cannot be read from here. Ask its operator.',
    fr: 'Des questions y ont été envoyées\u00a0; ce qu’il a journalisé ou gardé ne peut être lu d’ici. Demandez à son exploitant.',
    sv: 'Frågor har skickats dit; vad den har loggat eller sparat går inte att läsa härifrån. Fråga den som driver den.',
  },
  accountsMethod: {
    en: 'an owner removes the member under Settings → Members',
    fr: 'un propriétaire retire le membre sous Réglages → Membres',
    sv: 'en ägare tar bort medlemmen under Inställningar → Medlemmar',
  },
  accountsGone: {
    en: 'no account of this person belongs to the organisation',
    fr: 'aucun compte de cette personne n’appartient à l’organisation',
    sv: 'inget konto för personen hör till organisationen',
  },
  accountsRemain: (accounts: number) => ({
    en: `accounts that wait for an owner to remove them: ${accounts}`,
    fr: `comptes qui attendent qu’un propriétaire les retire\u00a0: ${accounts}`,
    sv: `konton som väntar på att en ägare tar bort dem: ${accounts}`,
  }),
} satisfies WordTable;

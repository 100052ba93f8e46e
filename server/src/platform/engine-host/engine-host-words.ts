import type { WordTable } from '@kulning/sdk';

export const engineHostWords = {
  exited: (code: string, quoted: string) => ({
    en: `ended with exit code ${code}${quoted}`,
    fr: `terminé avec le code ${code}${quoted}`,
    sv: `avslutades med kod ${code}${quoted}`,
  }),
  killed: (signal: string, quoted: string) => ({
    en: `ended with signal ${signal}${quoted}`,
    fr: `terminé par le signal ${signal}${quoted}`,
    sv: `avslutades av signalen ${signal}${quoted}`,
  }),
  tooMuchMemory: (usedMb: number, limitMb: number) => ({
    en: `used ${usedMb} MB of memory, its limit is ${limitMb} MB`,
    fr: `a pris ${usedMb} Mo de mémoire, sa limite est de ${limitMb} Mo`,
    sv: `använde ${usedMb} MB minne, gränsen är ${limitMb} MB`,
  }),
  silent: (seconds: number) => ({
    en: `did not answer for ${seconds} s`,
    fr: `n’a pas répondu pendant ${seconds} s`,
    sv: `svarade inte på ${seconds} s`,
  }),
  addressRefused: (address: string) => ({
    en: {
      message: `The engine’s host resolves to ${address}, where no engine may be.`,
      hint: 'Check the engine’s URL and the name server.',
    },
    fr: {
      message: `L’hôte du moteur mène à ${address}, où aucun moteur ne peut se trouver.`,
      hint: 'Vérifiez l’URL du moteur et le serveur de noms.',
    },
    sv: {
      message: `Motorns värdnamn leder till ${address}, där ingen motor får finnas.`,
      hint: 'Kontrollera motorns URL och namnservern.',
    },
  }),
  socketPathTooLong: (bytes: number, most: number, path: string) => ({
    en: {
      message: `The socket path has ${bytes} bytes, the system takes ${most}: ${path}`,
      hint: 'Move KULNING_HOME to a shorter path.',
    },
    fr: {
      message: `Le chemin de la socket fait ${bytes} octets, le système en accepte ${most}\u00a0: ${path}`,
      hint: 'Déplacez KULNING_HOME vers un chemin plus court.',
    },
    sv: {
      message: `Sökvägen till uttaget är ${bytes} byte, systemet tar ${most}: ${path}`,
      hint: 'Flytta KULNING_HOME till en kortare sökväg.',
    },
  }),
} satisfies WordTable;

import { allOperations, flagWords, languages, modelPullOperations } from '@kulning/sdk';
import { expect, test } from 'vitest';

import { flagsOf, helpOf } from './operation-command.ts';
import { createTerminal } from './terminal.ts';
import { summaryOf } from './words/operations.ts';

test('what an optional group requires is not demanded of who leaves the group out', () => {
  const flags = flagsOf(modelPullOperations.pull);
  const required = flags.filter((flag) => flag.required).map(({ name }) => name);
  expect(flags.map(({ name }) => name)).toContain('licence.id');
  expect(required).toContain('source');
  expect(required).not.toContain('licence.id');
});

test('what a flag is for stands in the table of all languages', () => {
  const known = new Set(Object.values(flagWords).map(({ en }) => en));
  const described = allOperations.flatMap((operation) =>
    flagsOf(operation).flatMap(({ schema }) => schema.description ?? []),
  );
  expect(described.length).toBeGreaterThan(20);
  expect(described.filter((description) => !known.has(description))).toEqual([]);
});

test('every command says in each language what it does', () => {
  for (const operation of allOperations) {
    const said = languages.map((language) => summaryOf(operation, language));
    expect(new Set(said).size).toBe(languages.length);
  }
  expect(helpOf(modelPullOperations.pull, createTerminal('fr', false))).toMatch(
    /^Télécharger un fichier GGUF .*\.\nkulning models pull accepte\u00a0:\n.*--token <string> {2}clé de l’hôte/su,
  );
});

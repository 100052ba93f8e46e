import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const sourceFolders = [
  'packages/sdk/src',
  'packages/verify/src',
  'packages/cli/src',
  'server/src',
  'console/src',
];

interface Import {
  readonly from: string;
  /** A path in the repository, or the name of a package. */
  readonly to: string;
}

const isTest = (file: string) => /\.test\.tsx?$|-conformance\.ts$/.test(file);

function importsOf(file: string): Import[] {
  const { module } = parseSync(file, readFileSync(file, 'utf8'));
  const requests = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest.value),
    ...module.staticExports.flatMap(({ entries }) =>
      entries.map(({ moduleRequest }) => moduleRequest?.value),
    ),
    ...module.dynamicImports.map(({ moduleRequest }) =>
      readFileSync(file, 'utf8').slice(moduleRequest.start + 1, moduleRequest.end - 1),
    ),
  ].filter((request) => request !== undefined);
  return [...new Set(requests)].map((request) => ({
    from: relative(root, file),
    to: request.startsWith('.') ? relative(root, resolve(file, '..', request)) : request,
  }));
}

const files = sourceFolders
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(root, folder, name),
    ),
  )
  .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !isTest(file));
const imports = files.flatMap(importsOf);

const isPackage = (to: string) => !/^(packages|server|console|tools|data|examples)\//.test(to);
const feature = (path: string) => /^server\/src\/features\/([^/]+)\//.exec(path)?.[1];
const adapter = (path: string) => /^server\/src\/adapters\/[^/]+\/([^/]+)\//.exec(path)?.[1];

interface Rule {
  readonly who: RegExp;
  readonly why: string;
  readonly allowed: (link: Import) => boolean;
}

const sdk = '@kulning/sdk';
const verify = '@kulning/verify';
const inside =
  (...folders: string[]) =>
  (to: string) =>
    folders.some((folder) => to.startsWith(`${folder}/`));

const rules: readonly Rule[] = [
  {
    who: /^packages\/sdk\//,
    why: 'clients of every kind load the sdk, browsers too: it needs zod alone',
    allowed: ({ to }) => to === 'zod' || inside('packages/sdk')(to),
  },
  {
    who: /^packages\/verify\//,
    why: 'an outsider must be able to read and run the verifier without trusting anything of ours or of others',
    allowed: ({ to }) => to.startsWith('node:') || inside('packages/verify')(to),
  },
  {
    who: /^packages\/cli\//,
    why: 'what the CLI can do, the API can do: it has no way around the API',
    allowed: ({ to }) => to.startsWith('node:') || [sdk, verify].includes(to) || inside('packages/cli')(to),
  },
  {
    who: /^console\//,
    why: 'what the console can do, the API can do: it has no way around the API',
    allowed: ({ to }) =>
      !to.startsWith('node:') && (isPackage(to) ? to !== '@kulning/server' : inside('console')(to)),
  },
  {
    who: /^server\/src\/core\//,
    why: 'core is pure: no I/O, no clock, no dependency, so that decisions replay',
    allowed: ({ to }) => inside('server/src/core')(to) || to === 'node:crypto',
  },
  {
    who: /^server\/src\/platform\//,
    why: 'mechanisms know nothing of features',
    allowed: ({ to }) => isPackage(to) || inside('server/src/core', 'server/src/platform')(to),
  },
  {
    who: /^server\/src\/adapters\//,
    why: 'a plug-in must be removable: it knows core and platform, never another plug-in',
    allowed: ({ from, to }) =>
      isPackage(to) ||
      inside('server/src/core', 'server/src/platform')(to) ||
      (inside('server/src/adapters')(to) &&
        (adapter(from) === undefined || adapter(to) === undefined || adapter(from) === adapter(to))),
  },
  {
    who: /^server\/src\/features\//,
    why: 'a feature reaches another only through its face (index.ts), so that its inside can change',
    allowed: ({ from, to }) =>
      isPackage(to) ||
      inside('server/src/core', 'server/src/platform')(to) ||
      feature(from) === feature(to) ||
      /^server\/src\/features\/[^/]+\/index\.ts$/.test(to),
  },
];

describe('the shape of the code', () => {
  test('sees the code it judges', () => {
    for (const folder of [
      'server/src/core',
      'server/src/platform',
      'server/src/features',
      'packages/sdk',
      'packages/verify',
      'packages/cli',
    ]) {
      expect(files.filter((file) => relative(root, file).startsWith(folder)).length, folder).toBeGreaterThan(
        0,
      );
    }
    expect(imports.length).toBeGreaterThan(files.length);
  });

  test('imports point where the design says', () => {
    const broken = imports.flatMap((link) => {
      const rule = rules.find(({ who }) => who.test(link.from));
      return rule === undefined || rule.allowed(link) ? [] : [`${link.from} imports ${link.to}: ${rule.why}`];
    });
    expect(broken).toEqual([]);
  });

  test('features form no circle', () => {
    const edges = new Map<string, Set<string>>();
    for (const { from, to } of imports) {
      const [source, target] = [feature(from), feature(to)];
      if (source === undefined || target === undefined || source === target) continue;
      edges.set(source, (edges.get(source) ?? new Set()).add(target));
    }
    const circle = (name: string, path: readonly string[]): string[] | undefined => {
      if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
      for (const next of edges.get(name) ?? []) {
        const found = circle(next, [...path, name]);
        if (found) return found;
      }
      return undefined;
    };
    for (const name of edges.keys()) expect(circle(name, []), 'a circle of features').toBeUndefined();
  });

  test('only placement makes a Placement, and only dispatch sends to an engine', () => {
    const makers = imports.filter(
      ({ from, to }) =>
        to === 'server/src/core/placement/placement.ts' && !from.startsWith('server/src/core/placement/'),
    );
    const values = makers.filter(({ from }) =>
      /new Placement\(/.test(readFileSync(join(root, from), 'utf8')),
    );
    expect(values).toEqual([]);
    const senders = imports.filter(({ from, to }) => to === 'undici' && inside('server/src/features')(from));
    expect(senders.length).toBeGreaterThan(0);
    expect(senders.filter(({ from }) => feature(from) !== 'dispatch').map(({ from }) => from)).toEqual([]);
  });

  test('SQL stands in migrations, stores and views', () => {
    const sql = /\b(selectFrom|insertInto|updateTable|deleteFrom)\(|\bsql(<[^`]*>)?`/;
    const strays = files
      .filter(
        (file) =>
          relative(root, file).startsWith('server/src/features/') && sql.test(readFileSync(file, 'utf8')),
      )
      .map((file) => relative(root, file))
      .filter((file) => !/-(store|views)\.ts$/.test(file));
    expect(strays).toEqual([]);
  });
});

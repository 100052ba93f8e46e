import { createHash } from 'node:crypto';

import { canonicalJson, type JsonValue } from '../../core/ledger/canonical-json.ts';
import type { DeploymentFacts, PlacementFacts, ScoreWeights, SiteFacts } from '../../core/placement/facts.ts';
import type { PlacementTransaction } from './placement-tables.ts';

/** Until the operator says otherwise: carbon counts most. */
const defaultWeights: ScoreWeights = { carbon: 4, cost: 2, latency: 2, load: 2 };

/** Names facts by their content: `sha256:` and hex of their canonical JSON. */
function digestOf(facts: PlacementFacts | SiteFacts | DeploymentFacts): string {
  return digestOfText(canonicalJson(facts as unknown as JsonValue));
}

const digestOfText = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** In one order whatever the database says, so that equal facts have one digest. */
export function factsOf(
  sites: readonly SiteFacts[],
  deployments: readonly DeploymentFacts[],
  weights: ScoreWeights = defaultWeights,
): PlacementFacts {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return { sites: sites.toSorted(byId), deployments: deployments.toSorted(byId), weights };
}

/**
 * Keeps facts for as long as the ledger, so that decisions replay. Sites and deployments are kept once each: a
 * snapshot costs what changed since any earlier one. Keeping it again changes nothing.
 * @returns the digest of the facts
 */
export async function keepFacts(trx: PlacementTransaction, facts: PlacementFacts, at: Date): Promise<string> {
  const digest = digestOf(facts);
  const known = await trx
    .selectFrom('kulning.facts_snapshot')
    .select('digest')
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (known) return digest;
  const piecesOf = (facts: readonly (SiteFacts | DeploymentFacts)[]) =>
    facts.map((piece) => {
      const body = canonicalJson(piece as unknown as JsonValue);
      return { digest: digestOfText(body), body };
    });
  const sites = piecesOf(facts.sites);
  const deployments = piecesOf(facts.deployments);
  const pieces = [...new Map([...sites, ...deployments].map((piece) => [piece.digest, piece])).values()];
  if (pieces.length > 0) {
    await trx
      .insertInto('kulning.facts_piece')
      .values(pieces)
      .onConflict((conflict) => conflict.column('digest').doNothing())
      .execute();
  }
  await trx
    .insertInto('kulning.facts_snapshot')
    .values({
      digest,
      sites: sites.map((piece) => piece.digest),
      deployments: deployments.map((piece) => piece.digest),
      weights: JSON.stringify(facts.weights),
      created_at: at,
    })
    .onConflict((conflict) => conflict.column('digest').doNothing())
    .execute();
  return digest;
}

/**
 * The facts of a digest, or undefined if they were never kept.
 * @throws Error when what is stored is not what the digest names: somebody changed it
 */
export async function readFacts(
  trx: PlacementTransaction,
  digest: string,
): Promise<PlacementFacts | undefined> {
  const snapshot = await trx
    .selectFrom('kulning.facts_snapshot')
    .selectAll()
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (!snapshot) return undefined;
  const named = [...snapshot.sites, ...snapshot.deployments];
  const rows =
    named.length === 0
      ? []
      : await trx.selectFrom('kulning.facts_piece').selectAll().where('digest', 'in', named).execute();
  const bodies = new Map(rows.map((row) => [row.digest, row.body]));
  const pieces = (names: readonly string[]): unknown =>
    names.map((name): unknown => JSON.parse(bodies.get(name) ?? 'null'));
  const facts: PlacementFacts = {
    sites: pieces(snapshot.sites) as SiteFacts[],
    deployments: pieces(snapshot.deployments) as DeploymentFacts[],
    weights: snapshot.weights,
  };
  if (digestOf(facts) !== digest) throw new Error(`the facts kept as ${digest} were changed`);
  return facts;
}

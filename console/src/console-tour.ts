import {
  callsOperations,
  createClient,
  identityOperations,
  instanceOperations,
  KulningError,
  modelsOperations,
  proofOperations,
  sitesOperations,
  type Client,
} from '@kulning/sdk';

import { makeBatches } from './batches/batches-tour.ts';

/** A stop of the tour: the address of one screen in one state. */
export interface Stop {
  readonly name: string;
  readonly path: string;
  /** What a person does there before the picture is taken; its own words, in the reader's language, are looked for. */
  readonly act?: 'send';
}

/** What a new instance shows, before it has an owner. */
export const firstStops: readonly Stop[] = [
  { name: 'claim', path: '/claim#0123456789abcdefghij' },
  { name: 'unclaimed', path: '/' },
];

/** A client that acts in a session, as the page does. */
export function clientOfSession(consoleUrl: string, cookie: string): Client {
  return createClient({
    baseUrl: consoleUrl,
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), cookie } }),
  });
}

/**
 * Goes to the sample company, makes what the screens show (an answered call, a key) and lists every screen. The test for
 * accessibility and the script for the pictures walk the same list.
 */
export async function consoleTour(consoleUrl: string, cookie: string): Promise<readonly Stop[]> {
  const client = clientOfSession(consoleUrl, cookie);
  const { organisations } = await client.call(identityOperations.me);
  const sample = organisations.find(({ demonstration }) => demonstration);
  if (sample)
    await client.call(identityOperations.switchOrganisation, { body: { organisationId: sample.id } });
  const [models, sites] = await Promise.all([
    client.call(modelsOperations.list),
    client.call(sitesOperations.list),
  ]);
  const model = models.items[0]?.name ?? '';
  const simulated = sites.items.find((site) => site.simulated)?.id ?? '';
  const answered = await makeCalls(client, consoleUrl, model);
  const { ended, refused } = await makeBatches(client, consoleUrl, model);
  await client.call(identityOperations.createKey, {
    body: { name: 'Mail robot', dataClass: 'personal', purpose: 'mail triage' },
  });
  return stopsOf({ model, simulated, answered, ended, refused });
}

/** Names and ids of what was made for the tour. */
interface Shown {
  readonly model: string;
  readonly simulated: string;
  readonly answered: string;
  /** Batches: one that was answered, one whose file was wrong. */
  readonly ended: string;
  readonly refused: string;
}

function stopsOf({ model, simulated, answered, ended, refused }: Shown): readonly Stop[] {
  const question = `model=${encodeURIComponent(model)}`;
  return [
    { name: 'claimed', path: '/claim' },
    { name: 'login', path: '/login' },
    { name: 'home', path: '/' },
    { name: 'agents', path: '/agents' },
    { name: 'models', path: '/models' },
    { name: 'model', path: `/models?${question}` },
    { name: 'model-add', path: '/models?add=true' },
    { name: 'catalogue', path: '/models/catalogue' },
    { name: 'catalogue-model', path: '/models/catalogue?model=mistral-medium-3.5' },
    { name: 'playground-idle', path: '/models/playground' },
    { name: 'playground', path: '/models/playground', act: 'send' },
    { name: 'batches', path: '/models/batches' },
    { name: 'batch', path: `/models/batches?batch=${ended}` },
    { name: 'batch-refused', path: `/models/batches?batch=${refused}` },
    { name: 'usage', path: '/models/usage' },
    { name: 'usage-latency', path: '/models/usage?view=latency&by=key' },
    { name: 'live', path: '/models/live' },
    { name: 'refusals', path: '/models/refusals' },
    { name: 'jobs', path: '/jobs' },
    { name: 'sites', path: '/sites' },
    { name: 'site', path: `/sites?site=${simulated}` },
    { name: 'site-edit', path: `/sites?site=${simulated}&edit=true` },
    { name: 'policy-rules', path: '/placement' },
    { name: 'policy-tester', path: `/placement?tab=tester&class=personal&${question}` },
    { name: 'policy-versions', path: '/placement?tab=versions' },
    { name: 'policy-cedar', path: '/placement?tab=cedar' },
    { name: 'guardrails', path: '/placement/guardrails' },
    { name: 'templates', path: '/models/templates' },
    { name: 'cache', path: '/models/cache' },
    { name: 'template-add', path: '/models/templates?add=true' },
    { name: 'receipts', path: '/proof/receipts' },
    { name: 'receipt', path: `/proof/receipts?receipt=${answered}` },
    { name: 'person', path: '/proof/person' },
    { name: 'where', path: '/proof/where' },
    { name: 'ledger', path: '/proof/ledger' },
    { name: 'organisation', path: '/settings/organisation' },
    { name: 'members', path: '/settings/members' },
    { name: 'keys', path: '/settings/keys' },
    { name: 'key-add', path: '/settings/keys?add=true' },
    { name: 'clients', path: '/settings/clients' },
    { name: 'limits', path: '/settings/limits' },
    { name: 'billing', path: '/settings/billing' },
    { name: 'appearance', path: '/settings/appearance' },
    { name: 'missing', path: '/settings/nothing-here' },
  ];
}

/** Leaves a person in kept prompts: once beside somebody else, and once by the name alone, as a namesake would be. */
export async function holdPerson(consoleUrl: string, cookie: string): Promise<void> {
  const client = clientOfSession(consoleUrl, cookie);
  await client.call(identityOperations.updateOrganisation, { body: { retentionDays: 30 } });
  const { secret } = await client.call(instanceOperations.playgroundKey, { body: { dataClass: 'public' } });
  const [model] = (await client.call(modelsOperations.list)).items;
  const prompts = [
    'Anna Lind, anna.lind@example.org, and Bo Ek, bo.ek@example.net, ask for one invoice each.',
    'Anna Lind of Umeå wants a sofa: a.lind.of.umea@example.com.',
  ];
  for (const content of prompts) {
    await eventually('A kept prompt', async () => {
      const id = await ask(consoleUrl, secret, model?.name ?? '', content);
      return id === undefined ? undefined : keptCall(client, id);
    });
  }
}

/** The retention reaches the gateway a moment after it was set: what was asked before is not kept, and is asked again. */
async function keptCall(client: Client, callId: string): Promise<true | undefined> {
  const kept = await eventually('The call', async () => {
    try {
      return [(await client.call(callsOperations.get, { params: { callId } })).contentKept];
    } catch (error) {
      if (error instanceof KulningError && error.status === 404) return undefined;
      throw error;
    }
  });
  return kept[0] || undefined;
}

/** @returns the receipt of an answer; nothing when it was refused, as with a key that the gateway has not heard of */
async function ask(
  consoleUrl: string,
  secret: string,
  model: string,
  content: string,
): Promise<string | undefined> {
  const response = await fetch(`${consoleUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
  await response.arrayBuffer();
  return response.ok ? (response.headers.get('x-kulning-receipt') ?? undefined) : undefined;
}

/** Asks again until there is an answer: a new key and a new receipt each take a moment to arrive. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  for (let tried = 0; tried < 100; tried += 1) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what} did not come about in 20 s.`);
}

/** @returns the id of a call that was answered, once it is in the log */
async function makeCalls(client: Client, consoleUrl: string, model: string): Promise<string> {
  const { items } = await client.call(instanceOperations.demoMails);
  const content = items.map(({ subject, body }) => `${subject}\n\n${body}`)[0] ?? 'An invoice is wrong.';
  const { secret } = await client.call(instanceOperations.playgroundKey, { body: { dataClass: 'public' } });
  const id = await eventually('An answer', () => ask(consoleUrl, secret, model, content));
  await eventually('The receipt', async () => {
    const { items: receipts } = await client.call(proofOperations.listReceipts);
    return receipts.find((receipt) => receipt.id === id && receipt.status === 'sequenced');
  });
  return id;
}

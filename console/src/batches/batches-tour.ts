import { batchesOperations, type Client, identityOperations } from '@kulning/sdk';

const PATIENCE_MS = 60_000;

/** Hands two batches in, for the screens to show: one with a request that fails, one that is not in order. */
export async function makeBatches(
  client: Client,
  consoleUrl: string,
  model: string,
): Promise<{ ended: string; refused: string }> {
  const { secret } = await client.call(identityOperations.createKey, {
    body: {
      name: 'Night shift',
      dataClass: 'public',
      purpose: 'demonstration',
      scopes: ['calls:create', 'files:read', 'files:write', 'batches:read', 'batches:write'],
    },
  });
  const line = (customId: string, named: string) =>
    JSON.stringify({
      custom_id: customId,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: named, messages: [{ role: 'user', content: 'Subject: Faktura 20418' }], max_tokens: 40 },
    });
  const good = [line('mail-1', model), line('mail-2', model), line('mail-3', 'no-such-model')];
  const ended = await hand(consoleUrl, secret, good.join('\n'));
  const refused = await hand(
    consoleUrl,
    secret,
    [line('mail-1', model), 'not a request', line('mail-1', model)].join('\n'),
  );
  await until(client, ended);
  await until(client, refused);
  return { ended, refused };
}

async function hand(consoleUrl: string, secret: string, text: string): Promise<string> {
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([text]), 'mails.jsonl');
  const headers = { authorization: `Bearer ${secret}` };
  const { id: file } = await sent(`${consoleUrl}/v1/files`, { method: 'POST', headers, body: form });
  const body = JSON.stringify({
    input_file_id: file,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    metadata: { shift: 'night' },
  });
  const asJson = { ...headers, 'content-type': 'application/json' };
  return (await sent(`${consoleUrl}/v1/batches`, { method: 'POST', headers: asJson, body })).id;
}

async function sent(url: string, init: RequestInit): Promise<{ id: string }> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as { id: string };
}

async function until(client: Client, batchId: string): Promise<void> {
  for (const since = Date.now(); Date.now() - since < PATIENCE_MS;) {
    const { endedAt } = await client.call(batchesOperations.get, { params: { batchId } });
    if (endedAt !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${batchId} did not end`);
}

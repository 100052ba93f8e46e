import OpenAI from 'openai';

import { createClient, identityOperations } from '@kulning/sdk';

import { startInstance } from './instance.ts';

/** A whole instance and the official client, in whatever network this process has; what happened goes to stdout as JSON. */
const instance = await startInstance();
try {
  const { cookie } = await instance.claim();
  const owner = createClient({
    baseUrl: instance.consoleUrl,
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), cookie } }),
  });
  const { secret } = await owner.call(identityOperations.createKey, {
    body: { name: 'offline', dataClass: 'public' },
  });
  const openai = new OpenAI({ apiKey: secret, baseURL: `${instance.gatewayUrl}/v1`, maxRetries: 10 });
  const messages = [{ role: 'user' as const, content: 'Hej! När kommer order 7731? /Anna' }];
  const { data: models } = await openai.models.list();
  const chat = await openai.chat.completions.create({ model: 'kulning-triage', messages });
  let streamed = 0;
  for await (const _ of await openai.chat.completions.create({
    model: 'kulning-triage',
    messages,
    stream: true,
  }))
    streamed += 1;
  const outside = await fetch('http://192.0.2.1/', { signal: AbortSignal.timeout(2_000) }).then(
    () => 'reached',
    (error: Error) => (error.cause as NodeJS.ErrnoException | undefined)?.code ?? error.name,
  );
  process.stdout.write(
    `${JSON.stringify({ models: models.map(({ id }) => id), tokens: chat.usage?.total_tokens ?? 0, streamed, outside })}\n`,
  );
} finally {
  await instance.stop();
  instance.remove();
}
process.exit();

// What a call through the gateway costs beside a direct one: a real process with policy (Cedar), vault, journal (synced)
// and the shipping into a real PostgreSQL, against an engine that costs nothing. CPU is the gateway process's own, from
// /proc; that of its shipper, which moves the journal into the database, is told beside it. On a busy machine CPU is the figure to trust, not the clock.
import { join } from 'node:path';

import { nodeSpoolFiles } from '../server/src/platform/spool/spool-files.ts';
import { type Figure, report } from './figure.ts';
import { load, measured, openStand } from './gateway-stand.ts';
import { openStreamsMb } from './gateway-streams.ts';

const stand = await openStand();
const { engine, bare, gateway } = stand;

const message = (text: string) => [{ role: 'user', content: text }];
const runs = [
  [1, 1_000],
  [64, 6_000],
] as const;
const bodies = {
  json: { model: 'herd', messages: message('word '.repeat(160)) },
  stream: { model: 'herd', messages: message('word '.repeat(160)), stream: true }, // 64 events
  'json 100 kB': { model: 'herd', messages: message('word '.repeat(20_000)) },
};
console.log(
  'Bare: the same two HTTP hops on node:http and undici, and nothing else; what a gateway cannot go below.',
);
console.log(
  'what         callers  direct p50    bare p50  gateway p50   added p50  bare CPU  gateway CPU  shipper CPU  calls/s',
);
const measurements = new Map<string, Measured>();
for (const [name, fields] of Object.entries(bodies)) {
  const body = JSON.stringify(fields);
  for (const target of [bare, gateway]) await load(target, 64, name === 'json' ? 15_000 : 3_000, body);
  for (const [callers, calls] of runs) {
    const plain = await measured(engine, callers, calls, body);
    const least = await measured(bare, callers, calls, body);
    const ours = await measured(gateway, callers, calls, body);
    const row = {
      directMs: plain.p50Ms,
      bareMs: least.p50Ms,
      gatewayMs: ours.p50Ms,
      addedMs: ours.p50Ms - plain.p50Ms,
      bareCpuUs: least.cpuUs,
      cpuUs: ours.cpuUs,
      shipperCpuUs: ours.childrenCpuUs,
    };
    measurements.set(`${name} ${callers}`, row);
    const { bareCpuUs, cpuUs, shipperCpuUs, ...times } = row;
    console.log(
      [
        name.padEnd(11),
        String(callers).padStart(7),
        ...Object.values(times).map((each) => `${each.toFixed(2)} ms`.padStart(10)),
        ...[bareCpuUs, cpuUs, shipperCpuUs].map((each) => `${Math.round(each)} µs`.padStart(9)),
        String(Math.round(ours.perSecond)).padStart(9),
      ].join('  '),
    );
  }
}
const { restMb, openMb } = await openStreamsMb(stand);
console.log(
  `Memory of a gateway: ${Math.round(restMb)} MB at rest, ${Math.round(openMb)} MB with 1,000 open streams.`,
);
const syncMs = await syncP50Ms();
console.log(
  `One synced write of 4 kB by the journal's own means, p50: ${syncMs.toFixed(2)} ms; a call waits for two.`,
);
await stand.close();
report(figures());

interface Measured {
  readonly directMs: number;
  readonly addedMs: number;
  readonly bareCpuUs: number;
  readonly cpuUs: number;
  readonly shipperCpuUs: number;
}

function figures(): Figure[] {
  const of = (name: string): Measured => {
    const found = measurements.get(name);
    if (!found) throw new TypeError(`${name} was not measured`);
    return found;
  };
  const one = of('json 1');
  const many = of('json 64');
  const stream = of('stream 64');
  const large = of('json 100 kB 64');
  const cpu = (what: string, { cpuUs, bareCpuUs }: Measured, atMost: number, share = 1): Figure => ({
    what,
    value: cpuUs / share,
    unit: 'µs',
    beside: { what: 'the bare hops', value: bareCpuUs / share },
    target: { atMost },
  });
  const added = (what: string, { addedMs, directMs }: Measured): Figure => ({
    what,
    value: addedMs,
    unit: 'ms',
    beside: { what: 'a direct call', value: directMs },
  });
  return [
    cpu('gateway CPU, JSON call, 64 callers', many, 220),
    {
      what: 'the same with its shipper',
      value: many.cpuUs + many.shipperCpuUs,
      unit: 'µs',
      beside: { what: 'the bare hops', value: many.bareCpuUs },
    },
    cpu('gateway CPU, streamed event, 64 callers', stream, 15, 64),
    cpu('gateway CPU, call of 100 kB, 64 callers', large, 800),
    added('added p50, JSON call, 1 caller', one),
    {
      what: 'the same before the waits for the disk',
      value: one.addedMs - 2 * syncMs,
      unit: 'ms',
      beside: { what: 'one synced write', value: syncMs },
      target: { atMost: 0.5 },
    },
    added('added p50, JSON call, 64 callers', many),
    {
      what: 'memory of 1,000 open streams',
      value: openMb - restMb,
      unit: 'MB',
      beside: { what: 'the gateway at rest', value: restMb },
      target: { atMost: 150 },
    },
  ];
}

async function syncP50Ms(): Promise<number> {
  const file = await nodeSpoolFiles.create(join(stand.home, 'sync'));
  const block = Buffer.alloc(4096, 1);
  const took: number[] = [];
  for (let index = 0; index < 300; index++) {
    const begun = performance.now();
    await file.writeDurably(block, 0);
    took.push(performance.now() - begun);
  }
  await file.close();
  return took.toSorted((a, b) => a - b)[150] ?? Number.NaN;
}

// CPU time of guardrails on texts of several kinds, all detectors on: `node bench/guard.ts`.
import { findAll } from '../server/src/core/guard/detector.ts';
import { textDetectors } from '../server/src/core/guard/detectors.ts';
import { guardedJson } from '../server/src/core/guard/json-text.ts';
import { Placeholders } from '../server/src/core/guard/placeholders.ts';
import { TextGuard } from '../server/src/core/guard/text-guard.ts';
import { report } from './figure.ts';

const prose = 'The quick brown fox met Anna in Paris on 2026-11-22 for 12.50 EUR, and wrote a letter home. ';
const dense = 'anna.lind@example.se 850709-9805 070-123 45 67 SE45 5000 0000 0583 9825 7466 ';
const kilobytes = 256;
const sized = (piece: string) =>
  piece.repeat(Math.ceil((kilobytes * 1024) / piece.length)).slice(0, kilobytes * 1024);

/** CPU time, so that other work on the machine counts less. */
function measure(work: () => unknown): number {
  for (let warm = 0; warm < 3; warm++) work();
  const before = process.cpuUsage();
  const times = 8;
  for (let index = 0; index < times; index++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times / kilobytes;
}

const actions = new Map(textDetectors.map(({ name }) => [name, 'mask_and_restore' as const]));
const masked = (text: string) => {
  const guard = new TextGuard(textDetectors, actions, new Placeholders());
  return guardedJson(text, { text: (each) => guard.whole(each) });
};
const [plain, full, body] = [
  sized(prose),
  sized(dense),
  JSON.stringify({ messages: [{ role: 'user', content: sized(prose) }] }),
];

const beside = { what: 'JSON.parse of a body of prose', value: measure(() => JSON.parse(body) as unknown) };
const figure = (what: string, work: () => unknown) => ({
  what: `guardrails, a kB: ${what}`,
  value: measure(work),
  unit: 'µs' as const,
  beside,
});
report([
  figure('prose, every detector', () => findAll(plain, textDetectors)),
  figure('a body of prose, masked', () => masked(body)),
  figure('nothing but identifiers', () => findAll(full, textDetectors)),
  figure('digits in pairs, made to be slow', () => findAll(sized('12 34 56 '), textDetectors)),
]);

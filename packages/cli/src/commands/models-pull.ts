import { setTimeout as delay } from 'node:timers/promises';

import { asSaid, KulningError, modelPullOperations, type Language, type ModelPullView } from '@kulning/sdk';

import type { Connection } from '../connection.ts';
import { callOperation } from '../operation-command.ts';
import { printAnswer, type Terminal } from '../terminal.ts';
import { pullWords } from '../words/pull-words.ts';

const POLL_MS = 500;
const BAR_WIDTH = 24;

/** Asks for a model file and shows how it comes, until it is a model. `--detach` only asks. */
export async function pullModel(
  args: readonly string[],
  connection: Connection,
  terminal: Terminal,
): Promise<void> {
  const [first, ...rest] = args.filter((arg) => arg !== '--detach');
  const given =
    first === undefined || first.startsWith('--') ? [first ?? '', ...rest] : ['--source', first, ...rest];
  let pull = (await callOperation(
    modelPullOperations.pull,
    given.filter((arg) => arg !== ''),
    connection,
    terminal,
  )) as ModelPullView;
  if (args.includes('--detach')) return printAnswer(terminal, pull);
  const { id } = pull;
  const leave = () => {
    terminal.note(`\n${pullWords.goesOn(id)[terminal.language]}`);
    process.exit(130);
  };
  process.once('SIGINT', leave);
  const show = createProgress(terminal.language, process.stderr.isTTY && !terminal.json);
  while (pull.endedAt === null) {
    show(pull, performance.now());
    await delay(POLL_MS);
    pull = await connection.client.call(modelPullOperations.get, { params: { pullId: id } });
  }
  process.off('SIGINT', leave);
  show(pull, performance.now());
  if (process.stderr.isTTY && !terminal.json) process.stderr.write('\n');
  if (pull.problem !== null) {
    const { code, ...said } = pull.problem;
    throw new KulningError({ code, status: code.startsWith('outbound.') ? 403 : 502, text: asSaid(said) });
  }
  printAnswer(terminal, pull);
}

/** One line that is drawn again in a terminal; in a log, a line for each tenth of the way. */
function createProgress(language: Language, redraw: boolean): (pull: ModelPullView, nowMs: number) => void {
  let before: { readonly bytes: number; readonly ms: number } | undefined;
  let bytesPerSecond = 0;
  let said = '';
  return (pull, nowMs) => {
    if (before !== undefined && nowMs > before.ms && pull.receivedBytes >= before.bytes) {
      const speed = ((pull.receivedBytes - before.bytes) / (nowMs - before.ms)) * 1000;
      bytesPerSecond += (speed - bytesPerSecond) * (bytesPerSecond === 0 ? 1 : 0.2);
    }
    before = { bytes: pull.receivedBytes, ms: nowMs };
    const line = progressLine(pull, bytesPerSecond, language);
    const mark = redraw ? line : `${pull.phase} ${Math.floor(share(pull) * 10)}`;
    if (mark === said) return;
    said = mark;
    process.stderr.write(redraw ? `\r\u001B[K${line}` : `${line}\n`);
  };
}

const share = ({ receivedBytes, totalBytes }: ModelPullView) =>
  totalBytes === null ? 0 : Math.min(1, receivedBytes / totalBytes);

/** `[████████░░░░░░░░] 45 %  3.2 / 7.1 GB  85.0 MB/s  0:46` */
export function progressLine(pull: ModelPullView, bytesPerSecond: number, language: Language): string {
  const { phase, receivedBytes, totalBytes } = pull;
  if (phase === 'waiting' || phase === 'checking' || phase === 'cancelled') return pullWords[phase][language];
  const filled = Math.floor(share(pull) * BAR_WIDTH);
  const parts = [`[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}]`];
  if (totalBytes !== null) parts.push(`${Math.floor(share(pull) * 100)}\u00a0%`);
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(2);
  parts.push(
    totalBytes === null
      ? `${gigabytes(receivedBytes)} GB`
      : `${gigabytes(receivedBytes)} / ${gigabytes(totalBytes)} GB`,
  );
  if (bytesPerSecond > 0) {
    parts.push(`${(bytesPerSecond / 1e6).toFixed(1)} MB/s`);
    const seconds = Math.ceil(((totalBytes ?? receivedBytes) - receivedBytes) / bytesPerSecond);
    if (seconds > 0) parts.push(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`);
  }
  return parts.join('  ');
}

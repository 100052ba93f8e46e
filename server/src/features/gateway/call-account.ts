import type { CallOutcomeName } from '@kulning/sdk';

import type { DecisionRecord } from '../../core/placement/facts.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { BegunCall, CallSettlement, Dispatch, Reservation, SubjectJson } from '../dispatch/index.ts';
import type { CallLimits } from '../limits/index.ts';
import { formatTraceParent } from '../../platform/telemetry/trace-context.ts';
import type { CallContent } from './call-content.ts';
import type { CallContext } from './call-context.ts';
import { CallQuota } from './call-quota.ts';
import type { CallSeal, ContentKeeper } from './call-seal.ts';
import type { Asked } from './endpoint.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import { carbonOf, energyOf, type TokenUsage } from './token-usage.ts';

/** What is known of a call once its body is read. */
export interface OpenedCall {
  readonly asked: Asked;
  readonly seal: CallSeal;
  readonly subjects: readonly SubjectJson[];
}

export interface Ending {
  readonly outcome: CallOutcomeName;
  readonly status: number;
  readonly reason?: string;
  readonly usage?: TokenUsage | undefined;
  /** The whole answer, or error, went through `sent`: it can be committed to. */
  readonly committed: boolean;
}

export interface AccountDeps {
  readonly dispatch: Dispatch;
  /** Absent: nothing is ever kept, whatever an organisation wants. */
  readonly keepContent?: ContentKeeper;
  readonly limits: CallLimits;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
  readonly now: () => number;
}

/** The books of one call: how long it took, what was sent, and the two records that it leaves. */
export class CallAccount {
  readonly quota: CallQuota;
  readonly #call: CallContext;
  readonly #deps: AccountDeps;
  readonly #content: CallContent | undefined;
  readonly #answer: Buffer[] = [];
  #sentAt = 0;
  #firstByteAt = 0;
  #engineMs = 0;
  #journaled = false;

  constructor(call: CallContext, deps: AccountDeps, content?: CallContent) {
    this.#content = content;
    this.#call = call;
    this.#deps = deps;
    this.quota = new CallQuota(call, deps.limits);
  }

  get keepsContent(): boolean {
    return this.#call.organisation.retentionDays !== undefined && this.#deps.keepContent !== undefined;
  }

  /** The journal has the call, and with it the hold on its key. */
  get journaled(): boolean {
    return this.#journaled;
  }

  /** The head of a stream is on its way to the caller. */
  get streaming(): boolean {
    return this.#firstByteAt > 0;
  }

  /** Time in the queue is the engine's: it had no slot. */
  waited(ms: number): void {
    this.#engineMs += ms;
    this.#deps.metrics.queued(ms);
  }

  /** The request leaves for the engine: from here on the time is the engine's. */
  engineBegins(): void {
    this.#sentAt = performance.now();
  }

  /** The time is Kulning's again: the engine's first byte in a stream, its last one otherwise. */
  engineAnswered(): void {
    if (!this.streaming) this.#engineMs += performance.now() - this.#sentAt;
  }

  streamBegins(): void {
    this.#firstByteAt = performance.now();
  }

  /** Bytes of the answer, in order. */
  sent(bytes: Buffer, { seal }: OpenedCall): void {
    seal.add(bytes);
    if (this.keepsContent) this.#answer.push(bytes);
  }

  /** Headers of every answer, also where there is no record of the call. */
  mark(): string[] {
    const overheadUs = String(Math.round(this.#overheadMs() * 1000));
    return ['x-request-id', this.#call.callId, 'x-kulning-overhead-us', overheadUs];
  }

  /** Headers of every answer to a call that is on record, as a flat list. */
  headers(siteSlug: string | undefined): string[] {
    const list = [...this.mark(), 'x-kulning-receipt', this.#call.callId];
    if (siteSlug !== undefined) list.push('x-kulning-site', siteSlug);
    list.push(...this.quota.headers());
    if (this.#content) list.push(...this.#content.headers);
    return list;
  }

  /** @throws KulningError if it is not durable: then nothing was sent and nothing may be */
  async intend(
    decision: DecisionRecord,
    opened: OpenedCall | undefined,
    placed: Reservation | readonly string[],
  ): Promise<void> {
    await this.#deps.dispatch.intend(this.#intent(decision, opened, placed));
    this.#journaled = true;
  }

  #intent(
    decision: DecisionRecord,
    opened: OpenedCall | undefined,
    placed: Reservation | readonly string[],
  ): BegunCall {
    const { callId, key, organisation, trace } = this.#call;
    return {
      callId,
      at: decision.inputs.now,
      keyId: key.id,
      ...(trace && { traceparent: formatTraceParent(trace) }),
      streamed: opened?.asked.stream ?? false,
      decision,
      route: 'route' in placed ? placed.route : { rules: placed },
      ...(opened && {
        commitments: opened.seal.commitments,
        sealed: opened.seal.sealed,
      }),
      subjects: opened?.subjects ?? [],
      ...(this.#content && { handling: this.#content.handling }),
      retentionDays: organisation.retentionDays ?? null,
    };
  }

  /** Resolves when the end of the call is durable: only then may its last byte leave. */
  async settle(ending: Ending, opened: OpenedCall | undefined, reservation?: Reservation): Promise<void> {
    const keeps = opened && ending.committed && reservation && this.keepsContent;
    const kept = keeps ? await this.#keep(opened) : undefined;
    const settlement = this.#settlement(ending, opened, reservation);
    await this.#deps.dispatch.settle(kept ? { ...settlement, ...kept } : settlement);
    this.#deps.metrics.settled(settlement, reservation?.record.request);
    if (this.#content && opened && ending.outcome === 'answered') this.#content.answered(opened.subjects);
  }

  #settlement(
    ending: Ending,
    opened: OpenedCall | undefined,
    reservation: Reservation | undefined,
  ): CallSettlement {
    const { callId, begunAt, snapshot } = this.#call;
    const { sites, deployments } = snapshot.ground.facts;
    const { outcome, status, reason, committed } = ending;
    // An earlier answer: no engine counted anything, and it costs nothing.
    const isEarlier = this.#content?.earlier !== undefined;
    const usage = isEarlier ? { input: 0, output: 0 } : ending.usage;
    const placement = reservation?.placement;
    const deployment = placement && deployments.find(({ id }) => id === placement.deploymentId);
    const energy = energyOf(usage, deployment?.wattHoursPerThousandTokens);
    const carbon = carbonOf(energy, placement && sites.find(({ id }) => id === placement.siteId));
    const charge = this.quota.settle({
      delivered: isEarlier
        ? 'nothing'
        : outcome === 'answered'
          ? outcome
          : outcome === 'cancelled' && this.streaming
            ? 'begun'
            : 'nothing',
      deploymentId: placement?.deploymentId,
      tokens: usage,
      gramsCo2: carbon.value,
    });
    return {
      callId,
      at: this.#deps.now(),
      outcome,
      status,
      ...(reason !== undefined && { reason }),
      ...(usage && { tokens: usage }),
      ...(charge && { charge }),
      ...(this.#content?.answerGuard && { answerGuard: this.#content.answerGuard }),
      energy,
      carbon,
      ...(committed && opened && { response: opened.seal.response() }),
      ...(this.streaming && { firstByteMs: this.#firstByteAt - begunAt }),
      totalMs: performance.now() - begunAt,
      overheadMs: this.#overheadMs(),
    };
  }

  /** Prompt and answer go to the vault. If that fails the call still has its record, without them. */
  async #keep({ asked, seal }: OpenedCall): Promise<Pick<CallSettlement, 'content' | 'subjects'>> {
    const { organisation, callId } = this.#call;
    const content = {
      salt: seal.salt.toString('base64'),
      prompt: asked.content(),
      answer: Buffer.concat(this.#answer).toString(),
    };
    try {
      const kept = await this.#deps.keepContent?.(organisation.id, callId, content);
      return kept ? { content: kept.sealed, subjects: kept.subjects } : {};
    } catch (error) {
      this.#deps.log.error('gateway.content_not_kept', error, { call: callId });
      return {};
    }
  }

  /** Everything up to the first byte that was not the engine's. */
  #overheadMs(): number {
    const until = this.streaming ? this.#firstByteAt : performance.now();
    return until - this.#call.begunAt - this.#engineMs;
  }
}

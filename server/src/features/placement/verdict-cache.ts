import type { PathRole, PlaceFacts, Verdict, WorkFacts } from '../../core/policy/judge.ts';

/** Kinds of work remembered at one place before it starts anew. */
const MOST_AT_ONE_PLACE = 2_000;

type VerdictsByRole = { [Role in PathRole]?: Verdict };

/**
 * Verdicts of one policy. Equal questions have equal verdicts, so they are kept by the question written out; and in
 * front of that by the place itself, because one decision after the other asks about the very same objects.
 */
export class VerdictCache {
  readonly #limit: number;
  readonly #byQuestion = new Map<string, Verdict>();
  readonly #byPlace = new WeakMap<PlaceFacts, Map<string, VerdictsByRole>>();
  readonly #written = new WeakMap<WorkFacts, string>();

  /** @param limit verdicts kept; the oldest goes first */
  constructor(limit: number) {
    this.#limit = limit;
  }

  verdict(work: WorkFacts, place: PlaceFacts, role: PathRole, ask: () => Verdict): Verdict {
    const task = this.#writtenOut(work);
    const here = this.#at(place, task);
    return (here[role] ??= this.#byExactFacts(`${role} ${JSON.stringify(place)} ${task}`, ask));
  }

  /** The work is the same object at every place of a decision. Only the last part may hold a space. */
  #writtenOut(work: WorkFacts): string {
    const known = this.#written.get(work);
    if (known !== undefined) return known;
    const { dataClass, demonstration, organisation, purpose } = work;
    const { id, demonstration: shows, revenueEurPerMonth } = organisation;
    const text = `${dataClass} ${demonstration} ${shows} ${revenueEurPerMonth} ${id} ${purpose}`;
    this.#written.set(work, text);
    return text;
  }

  #at(place: PlaceFacts, task: string): VerdictsByRole {
    let tasks = this.#byPlace.get(place);
    if (!tasks || tasks.size >= MOST_AT_ONE_PLACE) this.#byPlace.set(place, (tasks = new Map()));
    let here = tasks.get(task);
    if (!here) tasks.set(task, (here = {}));
    return here;
  }

  #byExactFacts(question: string, ask: () => Verdict): Verdict {
    const known = this.#byQuestion.get(question);
    if (known) return known;
    const verdict = ask();
    if (this.#byQuestion.size >= this.#limit) {
      const [oldest] = this.#byQuestion.keys();
      if (oldest !== undefined) this.#byQuestion.delete(oldest);
    }
    this.#byQuestion.set(question, verdict);
    return verdict;
  }
}

export interface Dot {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface LabelPlace {
  readonly labelX: number;
  readonly labelY: number;
  readonly anchor: 'start' | 'end';
}

const lineHeight = 10;
const gap = 3;
/** Dots to the right of this have their label on the left, so that it stays inside the frame. */
const turnX = 250;

/**
 * Puts each label beside its dot, and pushes it down past the labels that are there already: a real site and its
 * simulated twin stand on the same spot.
 */
export function labelPlaces<D extends Dot>(dots: readonly D[]): readonly (D & LabelPlace)[] {
  const placed: (D & LabelPlace)[] = [];
  for (const dot of dots.toSorted((left, right) => left.y - right.y || left.x - right.x)) {
    const anchor = dot.x > turnX ? 'end' : 'start';
    const labelX = dot.x + (anchor === 'start' ? 1 : -1) * (dot.radius + gap);
    const near = placed.filter((other) => other.anchor === anchor && Math.abs(other.labelX - labelX) < 70);
    const floor = Math.max(...near.map((other) => other.labelY + lineHeight), Number.NEGATIVE_INFINITY);
    const wanted = dot.y + 3;
    placed.push({ ...dot, anchor, labelX, labelY: Math.abs(floor - wanted) < lineHeight * 2 ? Math.max(floor, wanted) : wanted });
  }
  return placed;
}

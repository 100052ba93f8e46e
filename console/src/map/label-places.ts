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

const touches = (left: Dot, right: Dot) =>
  Math.hypot(left.x - right.x, left.y - right.y) < left.radius + right.radius;

/**
 * Puts each label beside its dot. A real site and its simulated twin stand on the same spot: dots that touch share one
 * edge for their labels, one under the other. The largest comes first, so that the smaller ones are drawn over it.
 */
export function labelPlaces<D extends Dot>(dots: readonly D[]): readonly (D & LabelPlace)[] {
  return dots
    .toSorted((left, right) => right.radius - left.radius)
    .map((dot) => {
      const group = dots.filter((other) => touches(dot, other)).toSorted((left, right) => left.y - right.y);
      const anchor = dot.x > turnX ? 'end' : 'start';
      const edges = group.map(({ x, radius }) => (anchor === 'start' ? x + radius : x - radius));
      const middle = group.reduce((sum, { y }) => sum + y, 0) / group.length;
      return {
        ...dot,
        anchor,
        labelX: anchor === 'start' ? Math.max(...edges) + gap : Math.min(...edges) - gap,
        labelY: middle + 3 + (group.indexOf(dot) - (group.length - 1) / 2) * lineHeight,
      };
    });
}

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { carbonColour, carbonSteps } from './carbon-scale.ts';
import { landRings } from './europe-outline.ts';
import { labelPlaces } from './label-places.ts';
import { mapFrame, pathOfLines, project } from './projection.ts';

const land = landRings.map((ring) =>
  ring.split(' ').map((pair) => pair.split(',').map(Number) as [number, number]),
);

/** Even–odd rule in degrees: good enough for towns well inland. */
function isOnLand(longitude: number, latitude: number): boolean {
  const crosses = (ring: readonly [number, number][]) =>
    ring.filter(([x1, y1], index) => {
      const [x2, y2] = ring[(index + 1) % ring.length] ?? [x1, y1];
      return y1 > latitude !== y2 > latitude && longitude < ((x2 - x1) * (latitude - y1)) / (y2 - y1) + x1;
    }).length;
  return land.some((ring) => crosses(ring) % 2 === 1);
}

describe('the map of Europe', () => {
  it.each([
    ['Borlänge', 15.43, 60.48],
    ['Bruyères-le-Châtel', 2.19, 48.59],
    ['Kraków', 19.94, 50.06],
    ['Madrid', -3.7, 40.42],
    ['Birmingham', -1.9, 52.48],
    ['Palermo inland', 13.8, 37.6],
  ])('has %s on land', (_, longitude, latitude) => expect(isOnLand(longitude, latitude)).toBe(true));

  it.each([
    ['the Baltic', 19.5, 56.5],
    ['the North Sea', 3, 56],
    ['the Adriatic', 15.5, 42.9],
    ['the Gulf of Bothnia', 19.5, 62],
  ])('has %s in the water', (_, longitude, latitude) => expect(isOnLand(longitude, latitude)).toBe(false));

  it('shows the whole EU mainland inside its frame', () => {
    for (const [longitude, latitude] of [
      [-9.5, 38.8],
      [28, 70.5],
      [28.7, 44.5],
      [25, 35.2],
      [-24.4, 65.6],
    ] as const) {
      const { x, y } = project(longitude, latitude);
      expect(x > 0 && x < mapFrame.width && y > 0 && y < mapFrame.height).toBe(true);
    }
  });

  it('keeps areas equal: a degree square weighs the same by its true size in the north and in the south', () => {
    const areaOf = (longitude: number, latitude: number) => {
      const [a, b, c, d] = [
        project(longitude, latitude),
        project(longitude + 0.1, latitude),
        project(longitude + 0.1, latitude + 0.1),
        project(longitude, latitude + 0.1),
      ];
      const cross = (p: typeof a, q: typeof a) => p.x * q.y - q.x * p.y;
      return (
        Math.abs(cross(a, b) + cross(b, c) + cross(c, d) + cross(d, a)) /
        2 /
        Math.cos(((latitude + 0.05) * Math.PI) / 180)
      );
    };
    const reference = areaOf(10, 52);
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 35, noNaN: true }),
        fc.double({ min: 36, max: 70, noNaN: true }),
        (longitude, latitude) => {
          expect(areaOf(longitude, latitude) / reference).toBeCloseTo(1, 2);
        },
      ),
    );
  });

  it('draws rings closed and lines open', () => {
    expect(pathOfLines(['10,52 11,52'], true)).toMatch(/^M180\.0 223\.0L.*Z$/);
    expect(pathOfLines(['10,52 11,52'], false)).not.toContain('Z');
  });

  it('never puts two labels of one spot on one line', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            x: fc.constant(100),
            y: fc.integer({ min: 100, max: 103 }),
            radius: fc.integer({ min: 4, max: 9 }),
          }),
          { minLength: 2, maxLength: 5 },
        ),
        (dots) => {
          const lines = labelPlaces(dots).map(({ labelY }) => Math.round(labelY));
          expect(new Set(lines).size).toBe(dots.length);
        },
      ),
    );
  });

  it('colours carbon on one scale from spruce to soot, and the unknown apart from it', () => {
    const colours = carbonSteps.map(({ colour }) => colour);
    expect([0, 60, 120, 200, 400, 900].map(carbonColour)).toEqual(colours);
    expect(colours).not.toContain(carbonColour(undefined));
  });
});

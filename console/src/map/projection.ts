export interface Point {
  readonly x: number;
  readonly y: number;
}

const radians = Math.PI / 180;
const centreLongitude = 10 * radians;
const centreLatitude = 52 * radians;
/** The frame of the drawing; one unit is 10 km. */
export const mapFrame = { width: 350, height: 400 } as const;
const origin: Point = { x: 180, y: 223 };
const unitsPerRadian = 637.1;

/**
 * Lambert's azimuthal equal-area projection about 52° N 10° E, the one that the EU's own maps use (ETRS89-LAEA), on a
 * sphere: areas stay true, and the far north does not swell.
 */
export function project(longitude: number, latitude: number): Point {
  const lambda = longitude * radians - centreLongitude;
  const phi = latitude * radians;
  const [sin, cos] = [Math.sin(phi), Math.cos(phi)];
  const [sinCentre, cosCentre] = [Math.sin(centreLatitude), Math.cos(centreLatitude)];
  const stretch = Math.sqrt(2 / (1 + sinCentre * sin + cosCentre * cos * Math.cos(lambda)));
  return {
    x: origin.x + unitsPerRadian * stretch * cos * Math.sin(lambda),
    y: origin.y - unitsPerRadian * stretch * (cosCentre * sin - sinCentre * cos * Math.cos(lambda)),
  };
}

/** One SVG path from lines of `longitude,latitude` pairs. */
export function pathOfLines(lines: readonly string[], closed: boolean): string {
  const drawn = lines.map((line) =>
    line
      .split(' ')
      .map((pair) => {
        const [longitude = 0, latitude = 0] = pair.split(',').map(Number);
        const { x, y } = project(longitude, latitude);
        return `${x.toFixed(1)} ${y.toFixed(1)}`;
      })
      .join('L'),
  );
  return drawn.map((points) => `M${points}${closed ? 'Z' : ''}`).join('');
}

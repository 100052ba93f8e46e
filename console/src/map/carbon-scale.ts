/** One sequential scale from spruce green to soot, the same on every chart and map, in g CO2e per kWh. */
const steps = [
  { belowGrams: 25, colour: '#2a8a5f' },
  { belowGrams: 75, colour: '#5c9a54' },
  { belowGrams: 150, colour: '#8a9350' },
  { belowGrams: 300, colour: '#8d7a52' },
  { belowGrams: 500, colour: '#6b5b4b' },
] as const;

const soot = '#3b3836';
const unknownGrey = '#8b93a0';

export function carbonColour(gramsCo2PerKwh: number | undefined): string {
  if (gramsCo2PerKwh === undefined) return unknownGrey;
  return steps.find(({ belowGrams }) => gramsCo2PerKwh < belowGrams)?.colour ?? soot;
}

export interface ScaleStep {
  readonly colour: string;
  /** Absent on the last step, which has no upper end. */
  readonly belowGrams?: number;
}

export const carbonSteps: readonly ScaleStep[] = [...steps, { colour: soot }];

import { birthDetector } from './birth-detector.ts';
import { type Detector, detectorNames } from './detector.ts';
import { numberDetectors } from './number-detectors.ts';
import { phoneDetector } from './phone-detector.ts';
import { wordDetectors } from './word-detectors.ts';

const order = (detector: Detector) => detectorNames.indexOf(detector.name);

/** In the order of preference, whatever their source. */
export const inOrder = (detectors: readonly Detector[]): Detector[] =>
  detectors.toSorted((a, b) => order(a) - order(b));

/** Every detector that needs nothing but the text. */
export const textDetectors: readonly Detector[] = inOrder([
  ...wordDetectors,
  ...numberDetectors,
  phoneDetector,
  birthDetector,
]);

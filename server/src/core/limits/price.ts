/** Of one deployment. In millionths of a euro for a million tokens, and billionths of a euro for a call: integers. */
export interface Price {
  /** The version of the price list that holds it. */
  readonly id: string;
  readonly microEurPerMillionInput: number;
  readonly microEurPerMillionOutput: number;
  readonly nanoEurPerCall: number;
}

/**
 * What a call costs in billionths of a euro, rounded half up once for the whole call: sums of calls are exact, and a
 * statement adds up to its lines.
 */
export function nanoEurOf(price: Price, tokens: { readonly input: number; readonly output: number }): number {
  const { microEurPerMillionInput, microEurPerMillionOutput, nanoEurPerCall } = price;
  const thousandths = tokens.input * microEurPerMillionInput + tokens.output * microEurPerMillionOutput;
  return nanoEurPerCall + Math.round(thousandths / 1000);
}

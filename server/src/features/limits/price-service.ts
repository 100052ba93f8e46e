import type { HandlerInput, PriceView, pricesOperations } from '@kulning/sdk';

import { isoNow, type LimitContext } from './limit-context.ts';
import { priceInThePast, unknownDeployment } from './limit-errors.ts';
import { bump } from './limit-store.ts';
import { deploymentExists, insertPrice, prices } from './price-store.ts';

type NewPrice = HandlerInput<typeof pricesOperations.set>['body'];

/** Clocks of callers differ a little; what is meant as now may look like a moment ago. */
const SLACK_MS = 60_000;

export const listPrices = ({ database, clock }: LimitContext): Promise<PriceView[]> =>
  database.inInstance('price list', (trx) => prices(trx, clock.now()));

/** A new version; those before stay, because calls were charged by them. @throws KulningError `deployment.unknown`, `price.in_the_past` */
export function setPrice(context: LimitContext, price: NewPrice): Promise<PriceView> {
  const now = context.clock.now();
  const given = price.validFrom === undefined ? now : Date.parse(price.validFrom);
  if (given < now - SLACK_MS) throw priceInThePast();
  const validFrom = new Date(Math.max(now, given));
  const id = context.ids.next('price');
  const row = {
    micro_eur_per_million_input: Math.round(price.eurPerMillionInput * 1e6),
    micro_eur_per_million_output: Math.round(price.eurPerMillionOutput * 1e6),
    nano_eur_per_call: Math.round(price.eurPerCall * 1e9),
  };
  return context.database.inInstance('price list', async (trx) => {
    if (!(await deploymentExists(trx, price.deploymentId))) throw unknownDeployment(price.deploymentId);
    await insertPrice(trx, {
      id,
      deployment_id: price.deploymentId,
      ...row,
      valid_from: validFrom,
      created_at: new Date(now),
    });
    await bump(trx);
    await context.record(trx, {
      kind: 'price.set',
      at: isoNow(context.clock),
      organisation: null,
      body: {
        price: id,
        deployment: price.deploymentId,
        microEurPerMillionInput: row.micro_eur_per_million_input,
        microEurPerMillionOutput: row.micro_eur_per_million_output,
        nanoEurPerCall: row.nano_eur_per_call,
        validFrom: validFrom.toISOString(),
      },
    });
    const made = (await prices(trx, now)).find((each) => each.id === id);
    if (!made) throw unknownDeployment(price.deploymentId);
    return made;
  });
}

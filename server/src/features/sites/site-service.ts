import {
  KulningError,
  type Localized,
  type Notice,
  type Site,
  type SiteChange,
  type SiteInput,
} from '@kulning/sdk';

import { siteWords } from './site-words.ts';
import { thisMachineSlug } from './site.ts';
import { applyChange, changing, insertSite, noteSite, sourceOf, type SitesContext } from './site-changes.ts';
import * as store from './site-store.ts';

/** @throws KulningError `site.slug_taken` */
export function createSite(context: SitesContext, given: SiteInput): Promise<Site> {
  return changing(context, 'create a site', async (trx, at) => {
    if (await store.readSite(trx, given.slug)) {
      throw new KulningError({
        code: 'site.slug_taken',
        status: 409,
        text: siteWords.slugTaken(given.slug),
        path: 'slug',
      });
    }
    return insertSite(context, trx, at, given, 'api');
  });
}

/** @throws KulningError `site.unknown` */
export function changeSite(context: SitesContext, idOrSlug: string, change: SiteChange): Promise<Site> {
  return changing(context, 'change a site', async (trx, at) =>
    applyChange(context, trx, at, await known(trx, idOrSlug), change, sourceOf.api),
  );
}

/** @throws KulningError `site.unknown`, `site.in_use` */
export function removeSite(context: SitesContext, idOrSlug: string): Promise<{ id: string }> {
  return changing(context, 'remove a site', async (trx, at) => {
    const site = await known(trx, idOrSlug);
    const { id, slug } = site.identity;
    if (slug === thisMachineSlug) throw inUse(siteWords.isThisMachine(slug));
    const uses = await context.usesOf(trx, id);
    if (uses.length > 0) throw inUse(siteWords.inUse(slug, uses.join(', ')));
    await store.deleteSite(trx, id);
    await noteSite(context, trx, at, 'site.removed', site.identity, []);
    return { id };
  });
}

async function known(trx: store.SitesTransaction, idOrSlug: string): Promise<store.StoredSite> {
  const site = await store.readSite(trx, idOrSlug);
  if (site) return site;
  throw unknownSite(idOrSlug);
}

const inUse = (text: Localized<Notice>) => new KulningError({ code: 'site.in_use', status: 409, text });

export function unknownSite(idOrSlug: string): KulningError {
  return new KulningError({
    code: 'site.unknown',
    status: 404,
    text: siteWords.unknown(idOrSlug),
    path: 'id',
  });
}

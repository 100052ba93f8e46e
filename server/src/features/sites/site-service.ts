import { KulningError, type Site, type SiteChange, type SiteInput } from '@kulning/sdk';

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
        message: `There is a site called ${given.slug} already.`,
        hint: 'Choose another slug, or change that site.',
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
    const uses = slug === thisMachineSlug ? ['this installation'] : await context.usesOf(trx, id);
    if (uses.length > 0) {
      throw new KulningError({
        code: 'site.in_use',
        status: 409,
        message: `The site ${slug} is in use: ${uses.join(', ')}.`,
        hint: 'Remove or move what uses it first; to stop work there now, give it a closing date.',
      });
    }
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

export function unknownSite(idOrSlug: string): KulningError {
  return new KulningError({
    code: 'site.unknown',
    status: 404,
    message: `There is no site ${idOrSlug}.`,
    hint: '`kulning sites` lists those there are.',
    path: 'id',
  });
}

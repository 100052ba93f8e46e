import manifest from '../package.json' with { type: 'json' };

/** Of this build; stands in the schema, backups, receipts' user agents and the API document. */
export const release: string = manifest.version;

export * from './calls.ts';
export * from './identity.ts';
export * from './instance.ts';
export * from './models.ts';
export * from './operation.ts';
export * from './policy.ts';
export * from './scopes.ts';
export * from './sites.ts';

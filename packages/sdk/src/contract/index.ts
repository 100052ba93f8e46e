export * from './operation.ts';
export * from './scopes.ts';

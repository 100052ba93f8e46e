export * from './client-words.ts';
export * from './client.ts';
export * from './contract/index.ts';
export * from './errors.ts';
export * from './language.ts';
export * from './model-guidance.ts';
export * from './openapi.ts';
export * from './words.ts';

import { describe, expect, it } from 'vitest';

import { declaredFor, messagesOf, valueOf, variablesIn, writtenOf } from './prompt-draft.ts';

const messages = [
  { role: 'system' as const, content: 'Answer in {{language}}.\n\nBe brief: always.' },
  { role: 'user' as const, content: '{{ question }} {{language}}' },
];

describe('a template as it is written', () => {
  it('is read back as what it was', () => {
    expect(messagesOf(writtenOf({ messages }))).toEqual(messages);
  });

  it('needs to say whose each message is, and something in it', () => {
    expect(messagesOf('Answer.')).toBeUndefined();
    expect(messagesOf('system:\n\nuser:\nx')).toBeUndefined();
    expect(messagesOf('')).toBeUndefined();
    expect(messagesOf('user: hi')).toBeUndefined();
  });

  it('declares what it uses, and nothing else', () => {
    const written = writtenOf({ messages });
    expect(variablesIn(written)).toEqual(['language', 'question']);
    expect(declaredFor(written, { question: { type: 'integer' }, gone: { type: 'string' } })).toEqual({
      language: { type: 'string' },
      question: { type: 'integer' },
    });
  });

  it('takes values of the type that is declared', () => {
    expect([
      valueOf('string', '1'),
      valueOf('integer', '1'),
      valueOf('boolean', 'false'),
      valueOf('number', ''),
    ]).toEqual(['1', 1, false, undefined]);
  });
});

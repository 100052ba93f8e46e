import type { Language, Localized } from './language.ts';

/** What a client receives when something went wrong; the same shape from every operation. */
export interface ErrorBody {
  readonly error: {
    /** Stable, dotted, safe to branch on: `policy.denied`, `config.unknown_key`. */
    readonly code: string;
    readonly message: string;
    /** What to do now, as a sentence or a command. */
    readonly hint?: string;
    readonly retryable: boolean;
    /** The field that is wrong, as a path: `facts.country`. */
    readonly path?: string;
    readonly requestId?: string;
  };
}

/** What a person is told: what is the matter, and what to do now, as a sentence or a command. */
export interface Notice {
  readonly message: string;
  readonly hint?: string | undefined;
}

interface KulningErrorInit {
  readonly code: string;
  /** HTTP status, 4xx for what the caller can mend, 5xx for what they cannot. */
  readonly status: number;
  /** From the slice's `*-words.ts`. */
  readonly text: Localized<Notice>;
  readonly retryable?: boolean;
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

/**
 * The one error type. Users see code, message and hint, in their language; logs see the cause and the stack too, and
 * the English message, which is the one that `error.message` holds.
 */
export class KulningError extends Error {
  override readonly name = 'KulningError';
  readonly code: string;
  readonly status: number;
  readonly text: Localized<Notice>;
  readonly retryable: boolean;
  readonly path: string | undefined;

  constructor(init: KulningErrorInit) {
    super(init.text.en.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.status = init.status;
    this.text = init.text;
    this.retryable = init.retryable ?? false;
    this.path = init.path;
  }

  /** In English, as `message` is. */
  get hint(): string | undefined {
    return this.text.en.hint;
  }

  toBody(language: Language, requestId?: string): ErrorBody {
    const { message, hint } = this.text[language];
    return {
      error: {
        code: this.code,
        message,
        retryable: this.retryable,
        ...(hint !== undefined && { hint }),
        ...(this.path !== undefined && { path: this.path }),
        ...(requestId !== undefined && { requestId }),
      },
    };
  }
}

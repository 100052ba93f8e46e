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

export interface KulningErrorInit {
  readonly code: string;
  /** HTTP status, 4xx for what the caller can mend, 5xx for what they cannot. */
  readonly status: number;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly retryable?: boolean;
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

/** The one error type. Users see code, message and hint; logs see the cause and the stack too. */
export class KulningError extends Error {
  override readonly name = 'KulningError';
  readonly code: string;
  readonly status: number;
  readonly hint: string | undefined;
  readonly retryable: boolean;
  readonly path: string | undefined;

  constructor(init: KulningErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.status = init.status;
    this.hint = init.hint;
    this.retryable = init.retryable ?? false;
    this.path = init.path;
  }

  toBody(requestId?: string): ErrorBody {
    return {
      error: {
        code: this.code,
        message: this.message,
        retryable: this.retryable,
        ...(this.hint !== undefined && { hint: this.hint }),
        ...(this.path !== undefined && { path: this.path }),
        ...(requestId !== undefined && { requestId }),
      },
    };
  }
}

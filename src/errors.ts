/**
 * Every way in which this program fails on purpose.
 *
 * A failure carries what a program needs (a code, an exit status, data) and what a person needs
 * (what happened, to what, what to do next). `message` says what happened; `remedy` is one
 * command or one sentence that mends it.
 */

/**
 * Exit status of each error code. The meaning of each status is told in docs/commands.md, that of
 * each code in error-guide.ts.
 */
const EXIT_STATUS = {
  NOT_CLAIMED: 1,
  HELD_BY_OTHER: 1,
  LEASE_EXPIRED: 1,
  NO_ACTIVE_LEASE: 1,
  MALFORMED_LEASE: 1,
  LEASE_NOT_FOUND: 1,
  LEASE_LOST: 1,
  NOT_HOLDER: 1,
  NOT_EXPIRED: 1,
  CLOCK_SKEW: 1,
  CONTENDED: 1,
  REMOTE_REFUSED: 1,
  PUSH_REFUSED: 1,
  UNSAFE_TREE: 1,
  USAGE: 2,
  CONFIG_INVALID: 2,
  COORDINATION_DISABLED: 2,
  UNKNOWN_DOCUMENT: 2,
  AGENT_UNKNOWN: 2,
  NODE_TOO_OLD: 3,
  PROGRAM_DAMAGED: 3,
  NOT_A_REPOSITORY: 3,
  GIT_MISSING: 3,
  GIT_TOO_OLD: 3,
  GIT_FAILED: 3,
  FILE_SYSTEM: 3,
  MANAGER_FAILED: 3,
  BACKEND_UNAVAILABLE: 3,
  REMOTE_NOT_FOUND: 3,
  REMOTE_UNREACHABLE: 3,
  REMOTE_AUTH: 3,
  INDETERMINATE: 4,
  INTERNAL: 70,
  CANCELLED: 130,
} as const;

export type ErrorCode = keyof typeof EXIT_STATUS;

export function exitStatusOf(code: ErrorCode): number {
  return EXIT_STATUS[code];
}

/** One way out: `wait for it: lazyspec-lease claim RFC-001 --wait 30m`. */
export interface Remedy {
  label: string;
  /** Works when pasted. */
  command: string;
  /** When, or under what condition. */
  note?: string;
}

export interface FailureOptions {
  /** What to do next: a command that works when pasted, or a sentence. */
  remedy?: string;
  /** Several ways out, the best one first; it is then `remedy` as well. */
  remedies?: Remedy[];
  /** What a program may want to know: `documents`, `holder`, `expires`, … (JSON values only). */
  data?: Record<string, unknown>;
  /** What the message cannot hold on its one line; printed indented below it. */
  details?: string[];
  cause?: unknown;
}

export class LazyspecError extends Error {
  override readonly name = 'LazyspecError';
  readonly code: ErrorCode;
  readonly exitStatus: number;
  readonly remedy: string | undefined;
  readonly data: Record<string, unknown>;
  readonly details: string[];
  readonly remedies: Remedy[];

  /** Also true for other copies of this class: hooks.js and what it loads later are bundled apart. */
  static override [Symbol.hasInstance](value: unknown): value is LazyspecError {
    return value instanceof Error && value.name === 'LazyspecError';
  }

  constructor(code: ErrorCode, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.exitStatus = EXIT_STATUS[code];
    this.remedies = options.remedies ?? [];
    this.remedy = options.remedy ?? this.remedies[0]?.command;
    this.data = options.data ?? {};
    this.details = options.details ?? [];
  }
}

/** `label: command   note`, aligned. */
export function remedyLines(remedies: readonly Remedy[]): string[] {
  const width = Math.max(0, ...remedies.map(({ label }) => label.length)) + 2;
  return remedies.map(({ label, command, note }) => {
    return `${`${label}:`.padEnd(width)}${command}${note ? `     ${note}` : ''}`;
  });
}

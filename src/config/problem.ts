import { LazyspecError } from '../errors.ts';

/** One thing that is wrong in a configuration file. */
export interface Problem {
  /** Dotted, such as `types[2].prefix`; '' is the file as a whole. */
  key: string;
  message: string;
  /** Counted from 1; absent where it is not known for certain. */
  line?: number;
}

/** A place inside the configuration, such as `['types', 2, 'prefix']`. */
export type KeyPath = readonly (string | number)[];

/** A problem before it is known where in the file it stands. */
export interface Finding {
  path: KeyPath;
  message: string;
  /** What the file does have, where the path itself is missing. */
  nearby?: KeyPath;
}

/** `['types', 2, 'prefix']` as `types[2].prefix`. */
export function dottedKey(path: KeyPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

function detail({ key, message, line }: Problem): string {
  return [line === undefined ? '' : `line ${line}`, key, message].filter(Boolean).join(': ');
}

/** Nobody mends more at a time. */
const MOST = 50;

/** All problems of one file as one failure. */
export function invalidConfig(file: string, problems: Problem[], cause?: unknown): LazyspecError {
  const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  return new LazyspecError('CONFIG_INVALID', `${file} is not valid: ${count}`, {
    details: [
      ...problems.slice(0, MOST).map(detail),
      ...(problems.length > MOST ? [`and ${problems.length - MOST} more`] : []),
    ],
    remedy: `Mend ${file} and run the command again.`,
    data: { file, problems: problems.slice(0, MOST) },
    cause,
  });
}

import type { ErrorGuide } from '../error-guide.ts';
import { ERROR_GUIDES } from '../error-guide.ts';
import type { ErrorCode } from '../errors.ts';
import { exitStatusOf, LazyspecError } from '../errors.ts';
import { nearestWord } from '../nearest.ts';

export interface ExplainedCode extends ErrorGuide {
  code: ErrorCode;
  exitStatus: number;
}

export const ERROR_CODES = Object.keys(ERROR_GUIDES) as ErrorCode[];

/**
 * What is known of an error code, in letters of either case, with dashes or underscores.
 * @throws {LazyspecError} USAGE for a code that there is not
 */
export function explainCode(name: string): ExplainedCode {
  const wanted = name.toUpperCase().replaceAll('-', '_');
  const code = ERROR_CODES.find((one) => one === wanted);
  if (code) return { code, exitStatus: exitStatusOf(code), ...ERROR_GUIDES[code] };
  const known = ERROR_CODES.map((one) => one.toLowerCase());
  const near = nearestWord(wanted, known)?.toUpperCase();
  throw new LazyspecError('USAGE', `there is no error code '${name}'`, {
    remedy: near ? `Did you mean ${near}?` : 'All codes: lazyspec-lease explain',
    data: { codes: ERROR_CODES },
  });
}

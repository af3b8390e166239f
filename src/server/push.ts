/** A push with what it is judged by. */
import type { LazyspecError } from '../errors.ts';
import type { Pusher } from './pusher.ts';
import { hasAdministrators } from './pusher.ts';
import { refused } from './refused.ts';
import type { Served } from './repository.ts';
import type { RulesAt } from './rules.ts';
import type { Update } from './updates.ts';
import { branchName } from './updates.ts';

export interface Push {
  served: Served;
  pusher: Pusher;
  /** The default branch, its tip, and its rules. */
  head: string;
  trunk: string;
  trunkRules: RulesAt;
  /** What a ref is judged by: its own branch as it is, or else the default branch. */
  rulesOf: (update: Update) => RulesAt;
  /** Seconds since 1970. */
  now: () => number;
  /** How the pusher calls lazyspec-lease. */
  program: string;
  warn: (message: string) => void;
}

export function brokenRules(
  { served: { config } }: Pick<Push, 'served'>,
  ref: string,
  error: LazyspecError,
): LazyspecError {
  const mend = 'An administrator may push a commit that mends it';
  return refused(`the configuration on '${branchName(ref)}' is broken: ${error.message}`, {
    details: error.details,
    remedy: hasAdministrators(config)
      ? `${mend}; nothing else is taken until then.`
      : `${mend}. To name one, on the server: git config --add lazyspec.administrator <account>`,
  });
}

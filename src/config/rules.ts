/**
 * What a JSON schema cannot say. Each rule takes a raw configuration, in which a value that does
 * not fit the schema is undefined, and tells all that it finds.
 */
import {
  durationsAreReadable,
  graceFitsLease,
  leaseFitsMaximum,
  timeoutFitsTimer,
} from './duration-rules.ts';
import type { Finding } from './problem.ts';
import type { RawConfig } from './raw.ts';
import {
  dirsHaveNoBlanks,
  dirsStayInside,
  namesFitRefs,
  patternsAreKnown,
  patternsHaveAnEnd,
  prefixesFitRefs,
  uniqueNames,
  uniquePrefixes,
} from './type-rules.ts';

const RULES: readonly ((config: RawConfig) => Finding[])[] = [
  uniqueNames,
  uniquePrefixes,
  namesFitRefs,
  prefixesFitRefs,
  dirsStayInside,
  dirsHaveNoBlanks,
  patternsAreKnown,
  patternsHaveAnEnd,
  durationsAreReadable,
  timeoutFitsTimer,
  graceFitsLease,
  leaseFitsMaximum,
];

/** What all rules together find. */
export function checkRules(config: RawConfig): Finding[] {
  return RULES.flatMap((rule) => rule(config));
}

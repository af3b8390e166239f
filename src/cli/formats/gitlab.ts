/** GitLab: a Code Quality report, which a merge request shows at the files. */
import { createHash } from 'node:crypto';
import { LazyspecError } from '../../errors.ts';
import { writeFileAtomically } from '../../state/atomic-write.ts';
import { printable, printableJson } from '../printable.ts';
import { refusedDocuments } from './format.ts';

interface CodeQualityIssue {
  description: string;
  check_name: string;
  /** The same in every run for the same matter. */
  fingerprint: string;
  severity: 'blocker';
  location: { path: string; lines: { begin: number } };
}

/** One for each changed file of each document that is refused. */
export function codeQualityIssues(refusal: LazyspecError | undefined): CodeQualityIssue[] {
  return refusedDocuments(refusal).flatMap(({ id, type, agents = [], message, paths = [] }) =>
    paths.map((path) => ({
      description: printable(message),
      check_name: 'lazyspec-lease',
      fingerprint: createHash('sha256')
        .update(JSON.stringify([type, id, agents, path]))
        .digest('hex'),
      severity: 'blocker' as const,
      location: { path, lines: { begin: 1 } },
    })),
  );
}

/**
 * Also where nothing is refused: GitLab wants to be told so.
 * @throws {LazyspecError} FILE_SYSTEM
 */
export function writeReport(path: string, refusal: LazyspecError | undefined): void {
  try {
    writeFileAtomically(path, `${printableJson(codeQualityIssues(refusal))}\n`);
  } catch (cause) {
    const message = `the report ${path} could not be written: ${(cause as Error).message}`;
    throw new LazyspecError('FILE_SYSTEM', message, {
      remedy: 'Name a file in a folder that can be written to.',
      cause,
    });
  }
}

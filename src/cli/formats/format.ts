/** How the gate tells what it refuses to whatever runs it. */
import { LazyspecError } from '../../errors.ts';
import type { DocumentRefusal, RefusedError } from '../../lease/explain.ts';

export const FORMATS = ['text', 'github', 'gitlab'] as const;

export type Format = (typeof FORMATS)[number];

export interface FormatOptions {
  format?: string;
  /** The file that a report is written to. */
  report?: string;
  json?: boolean;
}

/**
 * GitHub Actions says by a variable that it reads along; a report is GitLab's.
 * @throws {LazyspecError} USAGE
 */
export function chooseFormat(
  { format, report, json }: FormatOptions,
  env: NodeJS.ProcessEnv,
): Format {
  const chosen = FORMATS.find((one) => one === format);
  if (format !== undefined && chosen === undefined) {
    throw wrong(`there is no format '${format}'`, `Formats: ${FORMATS.join(', ')}.`);
  }
  if (chosen === 'gitlab' && report === undefined) {
    throw wrong('no file is named for the report', 'Say: --report gl-code-quality-report.json');
  }
  if (report !== undefined && (chosen ?? 'gitlab') !== 'gitlab') {
    throw wrong(`the format '${chosen}' writes no report`, 'Leave out --report, or --format.');
  }
  if (chosen === 'github' && json) {
    throw wrong('--json prints nothing but JSON', 'Leave out --json, or --format.');
  }
  if (chosen) return chosen;
  if (report !== undefined) return 'gitlab';
  return env.GITHUB_ACTIONS === 'true' && !json ? 'github' : 'text';
}

function wrong(message: string, remedy: string): LazyspecError {
  return new LazyspecError('USAGE', message, { remedy });
}

/** The documents that a refusal is about; none where something else has failed. */
export function refusedDocuments(error: LazyspecError | undefined): DocumentRefusal[] {
  const { documents } = (error as RefusedError | undefined)?.data ?? {};
  return Array.isArray(documents) ? documents : [];
}

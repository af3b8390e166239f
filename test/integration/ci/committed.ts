/** Commits of several people in one clone, as a job of CI finds them. */
import type { Clone } from '../../helpers/sandbox.ts';

export const ZEROS = '0'.repeat(40);
export const RFC_FILE = 'docs/rfcs/RFC-001-some-title.md';
export const OTHER_FILE = 'docs/rfcs/RFC-002-another.md';

let count = 0;

/** Commits a change as somebody. @returns the commit's id */
export async function commitBy(
  clone: Clone,
  author: string,
  paths: readonly string[],
  message = 'Change',
): Promise<string> {
  count += 1;
  clone.write(Object.fromEntries(paths.map((path) => [path, `# Change ${count}\n`])));
  await clone.git('add', '--all');
  const who = `--author=${author} <${author.replace(/\W/g, '')}@example.invalid>`;
  await clone.git('commit', '--quiet', '--no-verify', who, '--message', message);
  return clone.git('rev-parse', 'HEAD');
}

/** The commits of the scratch work tree, written by one process; no ref ever points at them. */
import { oidsOf } from '../git/answer.ts';
import { fastImport, IMPORT_BRANCH } from '../git/import-crash.ts';
import type { Git } from '../git/run.ts';
import type { ScratchFile } from './scratch-content.ts';

export interface ScratchCommits {
  /** Holds the document. */
  base: string;
  /** Two commits on the base that merge cleanly, and each changes the document. */
  head: string;
  side: string;
}

const IDENT = 'lazyspec-hooks doctor <doctor@lazyspec.invalid>';

export const SCRATCH_IDENTITY = {
  GIT_AUTHOR_NAME: 'lazyspec-hooks doctor',
  GIT_AUTHOR_EMAIL: 'doctor@lazyspec.invalid',
  GIT_COMMITTER_NAME: 'lazyspec-hooks doctor',
  GIT_COMMITTER_EMAIL: 'doctor@lazyspec.invalid',
};

/** The document with some of its lines changed. */
export function documentText(changed: Record<number, string> = {}): string {
  const lines = Array.from({ length: 20 }, (_, index) => changed[index] ?? `Line ${index}`);
  return `${lines.join('\n')}\n`;
}

export async function writeScratchCommits(
  git: Git,
  files: readonly ScratchFile[],
  document: string,
  now: number,
): Promise<ScratchCommits> {
  const text = (changed?: Record<number, string>): ScratchFile => ({
    path: document,
    content: Buffer.from(documentText(changed)),
    executable: false,
  });
  const parts = [
    commit(1, now, [...files, text()]),
    commit(2, now, [text({ 1: 'Changed here' })], 1),
    commit(3, now, [text({ 18: 'Changed elsewhere' })], 1),
    Buffer.from(`reset ${IMPORT_BRANCH}\n\ndone\n`),
  ];
  const { stdout } = await fastImport(git, Buffer.concat(parts));
  const [base = '', head = '', side = ''] = oidsOf('fast-import', stdout, 3);
  return { base, head, side };
}

function commit(mark: number, now: number, files: readonly ScratchFile[], parent?: number): Buffer {
  const header = [
    `reset ${IMPORT_BRANCH}\n\n`,
    `commit ${IMPORT_BRANCH}\nmark :${mark}\n`,
    `author ${IDENT} ${now} +0000\ncommitter ${IDENT} ${now} +0000\n`,
    'data 5\nprobe\n',
    parent === undefined ? '' : `from :${parent}\n`,
  ].join('');
  const contents = files.flatMap(({ path, content, executable }) => [
    Buffer.from(`M ${executable ? '100755' : '100644'} inline ${quoted(path)}\n`),
    Buffer.from(`data ${content.length}\n`),
    content,
    Buffer.from('\n'),
  ]);
  return Buffer.concat([Buffer.from(header), ...contents, Buffer.from(`get-mark :${mark}\n`)]);
}

/** As fast-import reads a path. */
function quoted(path: string): string {
  if (!path.startsWith('"') && !path.includes('\n')) return path;
  return `"${path.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

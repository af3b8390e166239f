/** One guard of the program, and how it is taken away. */
export interface Guard {
  /** Unique; the part before the dot is the same within an area. */
  id: string;
  /** From the root of the project. */
  file: string;
  /** The text that is the guard; it occurs exactly once in the file. */
  find: string;
  /** What stands there without it; the program must still build. */
  replace: string;
  /** What the guard prevents, or sees to: a sentence without its full stop. */
  prevents: string;
  /** The test file that notices, below `test/`, without `.test.ts`. */
  noticedBy: string;
  /** Words from the full names of the tests that do, where the file has many and takes long. */
  named?: string;
}

export interface Area {
  /** As a heading in docs/guards.md. */
  title: string;
  guards: readonly Guard[];
}

export function testFile({ noticedBy }: Guard): string {
  return `test/${noticedBy}.test.ts`;
}

/** How often a text occurs in another. */
export function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}

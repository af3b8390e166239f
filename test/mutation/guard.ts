/** One guard of the program, and how a mutation removes it. */
export interface Guard {
  id: string;
  /** The function or constant that holds the guard, in TypeScript or shell; or the name of a script. */
  symbol: string;
  /** The text of the guard: found once in the files that declare the symbol. */
  find: string;
  /** The text without the guard; the program must still build. */
  replace: string;
  /** What goes wrong without the guard: a sentence without its full stop. */
  prevents: string;
  /** The test file that must fail, below `test/`, without `.test.ts`. */
  test: string;
  /** Part of the names of the tests to run, if the whole file would take long. */
  named?: string;
}

export function testFile({ test }: Guard): string {
  return `test/${test}.test.ts`;
}

/**
 * @param sources path → text of every source file
 * @returns the path of the one file that declares the symbol and holds the text once, or why not
 */
export function locate(
  { symbol, find }: Guard,
  sources: ReadonlyMap<string, string>,
): { path: string } | { problem: string } {
  const declaration = new RegExp(
    `\\b(?:function\\*?|const|class) ${symbol}\\b|^${symbol}\\(\\) [({]`,
    'm',
  );
  const declaring = [...sources].filter(
    ([path, text]) => path.endsWith(`/${symbol}`) || declaration.test(text),
  );
  if (declaring.length === 0) return { problem: `nothing declares ${symbol}` };
  const found = declaring.flatMap(([path, text]) =>
    text
      .split(find)
      .slice(1)
      .map(() => path),
  );
  const [path, ...more] = found;
  return path !== undefined && more.length === 0
    ? { path }
    : { problem: `its text occurs ${found.length} times where ${symbol} is declared` };
}

/** A copy of the project in a temporary folder, from which guards are removed. The checkout is only read. */
import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { transform } from 'esbuild';
import type { Guard } from './guard.ts';
import { locate } from './guard.ts';

export interface Workshop {
  /** Removes the guards and builds. @returns why that is not possible, if so */
  mutate(guards: readonly Guard[]): Promise<string | undefined>;
  restore(): void;
  /** The folder of the copy. */
  readonly copy: string;
  build(): Promise<string | undefined>;
  /** @param names parts of the names of the tests to run; empty: all */
  test(file: string, names: readonly string[]): Promise<TestRun>;
  /** Stops what is running and removes the copy. */
  remove(): void;
}

export interface TestRun {
  passed: string[];
  /** The full names of the tests that failed. */
  failed: string[];
  /** The tests that jest timed out. */
  timedOut: string[];
  /** Why there is no complete result. */
  problem?: string;
  /** It had to be stopped. */
  hung: boolean;
}

/** Milliseconds for one test file: jest gives each test 60 s. */
const DEADLINE = 300_000;

export function openWorkshop(root: string): Workshop {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lazyspec-mutate-')));
  const copy = join(folder, 'project');
  const temporary = join(folder, 'tmp');
  const report = join(folder, 'report.json');
  mkdirSync(temporary);
  copyProject(root, copy);
  const originals = new Map<string, string>();
  let ending: (() => void) | undefined;

  const run = async (program: string, args: readonly string[]) => {
    // Temporary files of stopped tests are removed with the folder.
    const env = { ...process.env, TMPDIR: temporary, CI: '1', TEST_TOTALS: '' };
    const child = spawn(program, args, {
      cwd: copy,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      // A process group of its own, so that all of it can be stopped.
      detached: true,
    });
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    ending = () => endGroup(child.pid);
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      ending?.();
    }, DEADLINE);
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('exit', resolve);
    });
    clearTimeout(timer);
    ending = undefined;
    return { status, hung, stderr: Buffer.concat(said).toString('utf8') };
  };

  /** Whether what is built is the unchanged program. */
  let isClean = false;
  const build = async () => {
    const { status, stderr } = await run(process.execPath, ['scripts/build.js']);
    isClean = status === 0;
    return isClean ? undefined : `it does not build: ${stderr.trim().slice(0, 400)}`;
  };

  return {
    build,
    copy,
    async mutate(guards) {
      for (const guard of guards) {
        const found = locate(guard, sourcesOf(copy));
        if ('problem' in found) return `does not apply: ${found.problem}`;
        const path = join(copy, found.path);
        const text = readFileSync(path, 'utf8');
        if (!originals.has(path)) originals.set(path, text);
        // A function, because "$&" in a text would mean something.
        const mutant = text.replace(guard.find, () => guard.replace);
        writeFileSync(path, mutant);
        if (!path.endsWith('.sh')) continue;
        const { status, stderr } = await run('sh', ['-n', path]);
        if (status !== 0) return `it is no shell script: ${stderr.trim()}`;
      }
      const changed = [...originals.keys()];
      if (changed.every((path) => path.endsWith('.sh'))) return isClean ? undefined : build();
      isClean = false;
      if (!guards.every(({ test }) => test.startsWith('unit/'))) return build();
      for (const path of changed) {
        const problem = await syntaxProblem(path);
        if (problem !== undefined) return problem;
      }
      return undefined;
    },
    restore() {
      for (const [path, text] of originals) writeFileSync(path, text);
      originals.clear();
    },
    async test(file, names) {
      rmSync(report, { force: true });
      const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
      const what = ['--runTestsByPath', file, ...(names.length > 0 ? ['-t', anyOf(names)] : [])];
      const how = ['--runInBand', '--forceExit', '--json', `--outputFile=${report}`];
      const { hung, stderr } = await run(process.execPath, [...jest, ...what, ...how]);
      return { ...readReport(report, stderr), hung };
    },
    remove() {
      ending?.();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Unit tests import the sources: a build would only find syntax errors. */
async function syntaxProblem(path: string): Promise<string | undefined> {
  try {
    await transform(readFileSync(path, 'utf8'), { loader: 'ts' });
    return undefined;
  } catch (error) {
    return `it does not build: ${(error as Error).message.slice(0, 400)}`;
  }
}

/** Path → text of every file below `src` and `hooks`. */
function sourcesOf(copy: string): Map<string, string> {
  const paths = ['src', 'hooks'].flatMap((folder) =>
    readdirSync(join(copy, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(copy, join(entry.parentPath, entry.name))),
  );
  return new Map(paths.map((path) => [path, readFileSync(join(copy, path), 'utf8')]));
}

/** Copies the files that git tracks or would add, as they are in the work tree. */
function copyProject(root: string, copy: string): void {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', args, { cwd: root, encoding: 'utf8' });
  for (const path of listed.split('\0')) {
    if (!path || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    copyFileSync(join(root, path), join(copy, path));
  }
  symlinkSync(realpathSync(join(root, 'node_modules')), join(copy, 'node_modules'));
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function anyOf(names: readonly string[]): string {
  return names.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
}

interface Report {
  numRuntimeErrorTestSuites: number;
  testResults: {
    message: string;
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

/** jest's report of each test; a file that does not load has no tests. */
function readReport(path: string, stderr: string): Omit<TestRun, 'hung'> {
  if (!existsSync(path)) {
    return {
      passed: [],
      failed: [],
      timedOut: [],
      problem: `jest gave no report: ${stderr.slice(-400)}`,
    };
  }
  const { numRuntimeErrorTestSuites, testResults } = JSON.parse(
    readFileSync(path, 'utf8'),
  ) as Report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const cutOff = tests.filter(({ failureMessages }) =>
    failureMessages.some((message) => message.includes('Exceeded timeout of')),
  );
  const namesOf = (some: typeof tests) => some.map(({ fullName }) => fullName);
  const result = {
    passed: namesOf(tests.filter(({ status }) => status === 'passed')),
    failed: namesOf(tests.filter((one) => one.status === 'failed' && !cutOff.includes(one))),
    timedOut: namesOf(cutOff),
  };
  if (numRuntimeErrorTestSuites === 0) return result;
  const said = testResults.map(({ message }) => message).join('\n');
  return { ...result, problem: `the test file did not run: ${said.slice(0, 400)}` };
}

/**
 * A copy of the project in a temporary folder, in which one guard at a time is taken away. The
 * checkout itself is only read.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import type { Guard } from './guard.ts';
import { occurrences } from './guard.ts';

export interface Workshop {
  /** Takes the guard away and builds. @returns why that cannot be done, if so */
  mutate(guard: Guard): Promise<string | undefined>;
  restore(guard: Guard): void;
  build(): Promise<string | undefined>;
  /** @param names words of the names of the tests that are to run; empty: all */
  test(file: string, names: readonly string[]): Promise<TestRun>;
  /** Ends what is running, and removes the copy. */
  remove(): void;
}

export interface TestRun {
  passed: string[];
  /** The full names of the tests that failed. */
  failed: string[];
  /** Those that jest has cut off. */
  timedOut: string[];
  /** Why there is no result, or not a whole one. */
  problem?: string;
  /** It had to be ended. */
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
    // What tests leave behind when they are ended goes with the folder.
    const env = { ...process.env, TMPDIR: temporary, CI: '1', TEST_TOTALS: '' };
    const child = spawn(program, args, {
      cwd: copy,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own, to be ended as a whole.
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
    async mutate({ file, find, replace, noticedBy }) {
      const text = originals.get(file) ?? readFileSync(join(copy, file), 'utf8');
      originals.set(file, text);
      if (occurrences(text, find) !== 1) {
        return `does not apply: its text occurs ${occurrences(text, find)} times in ${file}`;
      }
      // A function, because "$&" in a text would mean something.
      writeFileSync(
        join(copy, file),
        text.replace(find, () => replace),
      );
      if (!file.endsWith('.sh')) {
        isClean = false;
        return noticedBy.startsWith('unit/') ? syntaxProblem(join(copy, file)) : build();
      }
      const { status, stderr } = await run('sh', ['-n', file]);
      if (status !== 0) return `it is no shell script: ${stderr.trim()}`;
      return isClean ? undefined : build();
    },
    restore({ file }) {
      const text = originals.get(file);
      if (text !== undefined) writeFileSync(join(copy, file), text);
    },
    async test(file, names) {
      rmSync(report, { force: true });
      const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
      const what = ['--runTestsByPath', file, ...(names.length > 0 ? ['-t', anyOf(names)] : [])];
      const how = ['--bail', '--runInBand', '--forceExit', '--json', `--outputFile=${report}`];
      const { hung, stderr } = await run(process.execPath, [...jest, ...what, ...how]);
      return { ...readReport(report, stderr), hung };
    },
    remove() {
      ending?.();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Unit tests import the sources: that the file is one is all that building would tell. */
async function syntaxProblem(path: string): Promise<string | undefined> {
  try {
    await transform(readFileSync(path, 'utf8'), { loader: 'ts' });
    return undefined;
  } catch (error) {
    return `it does not build: ${(error as Error).message.slice(0, 400)}`;
  }
}

/** What git would take into a commit, as it is in the work tree. */
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
    // It has ended by itself.
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

/** What jest says of each test; a file that does not load has no tests. */
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

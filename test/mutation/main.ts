/**
 * Removes each guard in turn and prints which tests fail: `npm run mutate -- [<id>…] [--jobs <n>]`.
 *
 * The tests run without a mutation first: they must pass, or a failure would prove nothing.
 * Exit status 1 if no test fails without a guard, or if a guard could not be removed.
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Guard } from './guard.ts';
import { testFile } from './guard.ts';
import { GUARDS } from './guards/index.ts';
import type { Workshop } from './workshop.ts';
import { openWorkshop } from './workshop.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

interface Verdict {
  guard: Guard;
  state: 'noticed' | 'hung' | 'NOT NOTICED' | 'error';
  said: string;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'string', default: '1' } },
});
const chosen = GUARDS.filter(({ id }) => positionals.length === 0 || positionals.includes(id));

const workshops: Workshop[] = [];
function tidy(): void {
  for (const workshop of workshops.splice(0)) workshop.remove();
}
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const) {
  process.on(signal, () => {
    tidy();
    process.exit(128 + number);
  });
}

try {
  process.exitCode = chosen.length === 0 ? nothingChosen() : await campaign();
} finally {
  tidy();
}

function nothingChosen(): number {
  tell(`no such guard. Guards: ${GUARDS.map(({ id }) => id).join(', ')}`);
  return 2;
}

async function campaign(): Promise<number> {
  const start = performance.now();
  const jobs = Math.max(1, Math.min(Number(values.jobs) || 1, chosen.length));
  for (let job = 0; job < jobs; job++) workshops.push(openWorkshop(ROOT));
  const built = await Promise.all(workshops.map((workshop) => workshop.build()));
  const problem = built.find((one) => one !== undefined);
  if (problem !== undefined) {
    tell(problem);
    return 1;
  }
  const broken = await failingWithout();
  const verdicts: Verdict[] = [];
  await shared(chosen, async (workshop, guard) => {
    const begun = performance.now();
    const verdict = broken.has(testFile(guard))
      ? { guard, state: 'error' as const, said: 'its tests fail without a mutation' }
      : await tried(workshop, guard);
    verdicts.push(verdict);
    const { state, said } = verdict;
    tell(`${counted(verdicts.length, chosen)} ${state}  ${guard.id}  ${since(begun)}  ${said}`);
  });
  return summary(verdicts, start);
}

/** Runs the tests that are to notice without a mutant. @returns the files in which not all pass */
async function failingWithout(): Promise<Set<string>> {
  const files = [...new Set(chosen.map(testFile))];
  tell(`${files.length} test files, without a mutant first`);
  const failing = new Set<string>();
  let number = 0;
  await shared(files, async (workshop, file) => {
    const begun = performance.now();
    const guards = chosen.filter((guard) => testFile(guard) === file);
    const names = guards.flatMap(({ named }) => named ?? []);
    const all = names.length < guards.length;
    const { passed, failed, timedOut, problem, hung } = await workshop.test(file, all ? [] : names);
    const unknown = names.filter((name) => !passed.some((test) => holds(test, name)));
    const wrong = [
      ...(hung ? ['it did not end'] : []),
      ...(problem ? [problem] : []),
      ...[...failed, ...timedOut].map((name) => `fails without a mutant: ${name}`),
      ...unknown.map((name) => `no such test passes: ${name}`),
      ...(passed.length === 0 ? ['no test passes'] : []),
    ];
    number += 1;
    tell(
      `${counted(number, files)} ${wrong.length > 0 ? 'error ' : 'passes'}  ${file}  ${since(begun)}`,
    );
    for (const line of wrong) tell(`    ${line}`);
    if (wrong.length > 0) failing.add(file);
  });
  return failing;
}

function holds(test: string, words: string): boolean {
  return test.toLowerCase().includes(words.toLowerCase());
}

async function tried(workshop: Workshop, guard: Guard): Promise<Verdict> {
  try {
    const problem = await workshop.mutate([guard]);
    if (problem !== undefined) return { guard, state: 'error', said: problem };
    const run = await workshop.test(testFile(guard), guard.named ? [guard.named] : []);
    const [first, ...others] = run.failed;
    if (first !== undefined) {
      const more = others.length > 0 ? ` (and ${others.length} more)` : '';
      return { guard, state: 'noticed', said: `${first}${more}` };
    }
    if (run.hung) return { guard, state: 'hung', said: 'the tests did not end' };
    const [hanging] = run.timedOut;
    if (hanging !== undefined) return { guard, state: 'hung', said: hanging };
    if (run.problem !== undefined) return { guard, state: 'error', said: run.problem };
    return { guard, state: 'NOT NOTICED', said: `${run.passed.length} tests pass` };
  } finally {
    workshop.restore();
  }
}

function summary(verdicts: readonly Verdict[], start: number): number {
  const of = (state: Verdict['state']) => verdicts.filter((verdict) => verdict.state === state);
  const bad = [...of('NOT NOTICED'), ...of('error')];
  const hung = of('hung');
  tell('');
  for (const { state, guard, said } of [...bad, ...hung]) tell(`${state}  ${guard.id}  ${said}`);
  const noticed = of('noticed').length + hung.length;
  const remark = hung.length > 0 ? `, ${hung.length} of them by a test that had to be ended` : '';
  tell(`${noticed} of ${verdicts.length} guards noticed${remark}; ${since(start)}`);
  if (bad.length > 0) return 1;
  return 0;
}

/** Hands the tasks to the workshops, each of which does one at a time. */
async function shared<T>(
  tasks: readonly T[],
  act: (workshop: Workshop, task: T) => Promise<void>,
): Promise<void> {
  const left = tasks[Symbol.iterator]();
  await Promise.all(
    workshops.map(async (workshop) => {
      for (const task of left) await act(workshop, task);
    }),
  );
}

function counted(number: number, all: readonly unknown[]): string {
  return `${String(number).padStart(String(all.length).length)}/${all.length}`;
}

function since(moment: number): string {
  return `${((performance.now() - moment) / 1000).toFixed(1)} s`;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}

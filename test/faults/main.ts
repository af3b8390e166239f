/**
 * `npm run faults`: every fault of git at every git call of every command.
 * `--subject <part of its name>` `--fault <part of its name>` `--every <n>` `--minutes <n>`
 */
import { parseArgs } from 'node:util';
import type { Judged } from './campaign.ts';
import { pairs, Trial } from './campaign.ts';
import { FAULT_NAMES, hangs } from './faults.ts';
import { isBelievable } from './judge.ts';
import type { Subject } from './subjects.ts';
import { SUBJECTS } from './subjects.ts';

const { values } = parseArgs({
  options: {
    subject: { type: 'string', default: '' },
    fault: { type: 'string', default: '' },
    call: { type: 'string', default: '' },
    every: { type: 'string', default: '1' },
    minutes: { type: 'string', default: 'Infinity' },
  },
});
const { subject: subjectPart, fault: faultPart, call: callPart } = values;
const print = (line: string) => process.stdout.write(`${line}\n`);
const end = performance.now() + Number(values.minutes) * 60_000;

/** A subject with what is left of its faults; its world is made when it is first met. */
async function begin(subject: Subject, index: number) {
  const trial = await Trial.create(subject);
  const all = [...pairs(trial, index)].filter(
    ({ call, fault }) => fault.includes(faultPart) && call.includes(callPart),
  );
  // What hangs takes long: it comes last.
  const quick = all.filter(({ fault }) => !hangs(fault));
  const inOrder = [...quick, ...all.filter(({ fault }) => hangs(fault))];
  return { trial, left: inOrder.filter((_, one) => one % Number(values.every) === 0) };
}

const subjects = SUBJECTS.filter(({ name }) => name.includes(subjectPart));
const runs = new Map<Subject, Awaited<ReturnType<typeof begin>>>();
const judged: Judged[] = [];
const isLate = () => performance.now() > end;
for (let met = true; met && !isLate(); ) {
  met = false;
  for (const [index, subject] of subjects.entries()) {
    if (isLate()) break;
    const run = runs.get(subject) ?? (await begin(subject, index));
    runs.set(subject, run);
    const next = run.left.shift();
    if (!next) continue;
    met = true;
    const one = await run.trial.inject(next.call, next.fault);
    judged.push(one);
    if (one.violations.length > 0) {
      print(`${one.subject.name} | ${one.call} | ${one.fault}: ${one.violations.join('; ')}`);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${judged.length} injected`);
    else if (judged.length % 100 === 0) print(`… ${judged.length} injected`);
  }
}
const trials = [...runs.values()].map(({ trial }) => trial);
const left = [...runs.values()].flatMap((run) => run.left).length;
for (const trial of trials) await trial.dispose();

print('\nfault                             injected  violations');
for (const fault of FAULT_NAMES) {
  const of = judged.filter((one) => one.fault === fault);
  print(`${fault.padEnd(34)}${String(of.length).padStart(8)}${String(count(of)).padStart(12)}`);
}
print('\nsubject                                            calls  injected  violations');
for (const { subject, calls } of trials) {
  const of = judged.filter((one) => one.subject === subject);
  const figures = `${String(calls.length).padStart(6)}${String(of.length).padStart(10)}${String(count(of)).padStart(12)}`;
  print(`${subject.name.padEnd(50)}${figures}`);
}
const believed = judged.filter(isBelievable).length;
print(
  `\n${judged.length} faults injected, ${believed} of them answers that may be right; ${count(judged)} with violations`,
);
if (left > 0 || trials.length < subjects.length) print(`The time was over: ${left} were left.`);
process.exitCode = count(judged) > 0 ? 1 : 0;

function count(list: readonly Judged[]): number {
  return list.filter(({ violations }) => violations.length > 0).length;
}

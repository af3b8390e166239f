/** The gate for many documents, and among many leases of others. */
import { appendFileSync, rmSync } from 'node:fs';
import { documentPath, manyIds, packRefs, plantMany } from '../test/helpers/many.ts';
import type { Clone, Sandbox } from '../test/helpers/sandbox.ts';
import { HOOKS } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import type { Case } from './measure.ts';
import { paired, ratio } from './measure.ts';
import type { Figure, Findings } from './report.ts';
import { count, ratioFigure } from './report.ts';
import {
  claimed,
  gateOf,
  git,
  hookCase,
  installOurs,
  lease,
  node,
  project,
  stageDocuments,
  traced,
} from './worlds.ts';

const MANY = 1_000;
const OTHERS = 10_000;

export async function gate(settings: Settings): Promise<Findings> {
  const figures = [...(await manyStaged(settings)), ...(await amongOthers(settings))];
  return { figures, curves: [] };
}

async function manyStaged({ rounds, progress }: Settings): Promise<Figure[]> {
  progress(`${MANY} documents`);
  const sandbox = await project(MANY);
  try {
    const one = await sandbox.clone('one');
    claimed(one, manyIds(1));
    stageDocuments(one, 1);
    lease(one, 'release', ...manyIds(1));
    const many = await sandbox.clone('many');
    claimed(many, manyIds(MANY));
    stageDocuments(many, MANY);
    // Both by the same name: one of them asks for what the other holds.
    git(one, 'config', 'user.name', 'many');
    const samples = await paired(
      [
        gateOf('one', one),
        gateOf('many', many),
        { ...gateOf('unknown', many), before: () => forgetLeases(many) },
        { name: 'one by one', act: () => oneByOne(many, 100) },
      ],
      rounds,
      progress,
    );
    return [
      ratioFigure(
        `gate for ${MANY} staged documents`,
        ratio(samples, 'many', 'one'),
        'the gate for one',
        1.5,
      ),
      ratioFigure(
        `gate for ${MANY} staged documents that were claimed elsewhere, the first time`,
        ratio(samples, 'unknown', 'one'),
        'the gate for one',
      ),
      ratioFigure(
        'a fetch, a rev-parse and a show for each of 100',
        ratio(samples, 'one by one', 'one'),
        'the gate for one',
      ),
      ...counted(`gate for ${MANY} staged documents`, many),
    ];
  } finally {
    await sandbox.dispose();
  }
}

function forgetLeases(clone: Clone): void {
  rmSync(clone.at('.git', 'lazyspec', 'noted-leases.json'));
}

function counted(work: string, clone: Clone): Figure[] {
  const { processes, all, connections } = traced(clone, HOOKS, 'run', 'pre-commit');
  return [
    count(work, connections, 'connections', 1),
    count(work, processes.length, 'processes of git'),
    count(work, all, 'processes, with those that git starts'),
  ];
}

/** As a tool does that asks for each document by itself; without the start of any program. */
function oneByOne(clone: Clone, documents: number): void {
  for (const id of manyIds(documents)) {
    const ref = `refs/lazyspec/leases/rfc/${id}`;
    git(clone, 'fetch', '--quiet', 'origin', `+${ref}:${ref}`);
    git(clone, 'rev-parse', '--verify', ref);
    git(clone, 'show', `${ref}:lease.json`);
  }
}

/** Worlds that differ in what else there is: on the remote, and as copies in the clone. */
const WORLDS = {
  few: { others: 10, packed: true, known: false },
  packed: { others: OTHERS, packed: true, known: false },
  loose: { others: OTHERS, packed: false, known: false },
  listed: { others: OTHERS, packed: true, known: true },
};

const MEANING: Record<string, string> = {
  packed: `gate with ${OTHERS} other leases on the remote`,
  loose: `gate with ${OTHERS} other leases on the remote, whose refs are all loose`,
  listed: `gate with ${OTHERS} other leases on the remote, and copies of them in the clone`,
};

async function amongOthers({ rounds, progress }: Settings): Promise<Figure[]> {
  const sandboxes: Sandbox[] = [];
  const cases: Case[] = [];
  try {
    for (const [name, { others, packed, known }] of Object.entries(WORLDS)) {
      progress(`${others} other leases, ${name}`);
      const sandbox = await project(1);
      sandboxes.push(sandbox);
      await plantMany(sandbox, manyIds(others, 2));
      if (packed) await packRefs(sandbox);
      const clone = await sandbox.clone('me');
      claimed(clone, manyIds(1));
      if (known) lease(clone, 'leases');
      appendFileSync(clone.at(documentPath('RFC-00001')), 'x\n');
      git(clone, 'add', '--all');
      installOurs(clone);
      node(clone, HOOKS, 'run', 'pre-commit');
      cases.push(gateOf(name, clone), hookCase(`hook ${name}`, clone));
    }
    const samples = await paired(cases, rounds, progress);
    return Object.entries(MEANING).flatMap(([name, work]) => [
      ratioFigure(work, ratio(samples, name, 'few'), 'the gate with ten others', 1.2),
      ratioFigure(
        `the hook, of what was claimed here, ${work.replace('gate ', '')}`,
        ratio(samples, `hook ${name}`, 'hook few'),
        'the hook with ten others',
        1.2,
      ),
    ]);
  } finally {
    for (const sandbox of sandboxes) await sandbox.dispose();
  }
}

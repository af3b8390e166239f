/** Claims, renewals and lists: what they cost, in connections, processes and time. */
import { manyIds, packRefs, plantMany } from '../test/helpers/many.ts';
import type { Clone } from '../test/helpers/sandbox.ts';
import { LEASE } from '../test/helpers/sandbox.ts';
import type { Settings } from './main.ts';
import { paired, ratio } from './measure.ts';
import type { Figure, Findings } from './report.ts';
import { count, ratioFigure } from './report.ts';
import { git, lease, project, traced } from './worlds.ts';

const LEASES = 1_000;

export async function claims(settings: Settings): Promise<Findings> {
  return { figures: [...(await writing(settings)), ...(await listing(settings))], curves: [] };
}

async function writing({ rounds, progress }: Settings): Promise<Figure[]> {
  const sandbox = await project(100);
  try {
    const one = await sandbox.clone('one');
    const hundred = await sandbox.clone('hundred');
    const [first = ''] = manyIds(1);
    const many = manyIds(101).slice(1);
    const single = ['claim', 'heartbeat', 'release'].flatMap((verb) => {
      const { connections, processes } = traced(one, LEASE, verb, first);
      return [
        count(`${verb} of one document`, connections, 'connections', 1),
        count(`${verb} of one document`, processes.length, 'processes of git'),
      ];
    });
    const { connections, processes } = traced(hundred, LEASE, 'claim', ...many);
    const held = new Set([hundred]);
    const claiming = (name: string, clone: Clone, ids: readonly string[]) => ({
      name,
      before: () => held.has(clone) && lease(clone, 'release', ...ids),
      act: () => held.add(clone) && lease(clone, 'claim', ...ids),
    });
    const samples = await paired(
      [claiming('one', one, [first]), claiming('hundred', hundred, many)],
      rounds,
      progress,
    );
    return [
      ...single,
      count('claim of 100 documents', connections, 'connections', 1),
      count('claim of 100 documents', processes.length, 'processes of git', 6),
      ratioFigure(
        'claim of 100 documents',
        ratio(samples, 'hundred', 'one'),
        'the claim of one',
        3,
      ),
    ];
  } finally {
    await sandbox.dispose();
  }
}

async function listing({ rounds, progress }: Settings): Promise<Figure[]> {
  progress(`${LEASES} leases`);
  const sandbox = await project(1);
  try {
    await plantMany(sandbox, manyIds(LEASES));
    await packRefs(sandbox);
    const clone = await sandbox.clone('me');
    lease(clone, 'leases');
    const { connections, processes } = traced(clone, LEASE, 'leases');
    const samples = await paired(
      [
        { name: 'ours', act: () => lease(clone, 'leases') },
        { name: 'one by one', act: () => oneByOne(clone) },
      ],
      Math.min(rounds, 5),
      progress,
    );
    return [
      count(`leases, with ${LEASES} of them`, connections, 'connections', 1),
      count(`leases, with ${LEASES} of them`, processes.length, 'processes of git', 3),
      ratioFigure(
        `leases, with ${LEASES} of them`,
        ratio(samples, 'ours', 'one by one'),
        'a fetch, a for-each-ref and a show for each',
      ),
    ];
  } finally {
    await sandbox.dispose();
  }
}

function oneByOne(clone: Clone): void {
  git(clone, 'fetch', '--quiet', 'origin', '+refs/lazyspec/leases/*:refs/lazyspec/leases/*');
  const refs = git(clone, 'for-each-ref', '--format=%(refname)', 'refs/lazyspec/leases/');
  for (const ref of refs.split('\n').filter(Boolean)) git(clone, 'show', `${ref}:lease.json`);
}

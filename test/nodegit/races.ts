/**
 * `npm run measure:nodegit [rounds]`: why git creates and deletes refs for us, and nodegit does not.
 * Each round asks of nodegit 0.27.0 what a compare-and-swap promises, beside other writers, in
 * processes of their own. Ends with 1 where what we use (createMatching) breaks the promise.
 */
import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Nodegit } from '../../src/git/nodegit-binding.ts';
import { loadNodegit } from '../../src/git/nodegit-load.ts';

type Act = 'create' | 'move' | 'delete';
interface Order {
  act: Act;
  ref: string;
  from: string;
  to: string;
  /** When to begin, as Date.now() tells. */
  at: number;
}

/** As nodegit has them; we use neither. */
interface Unused {
  create(repository: object, name: string, id: string, force: 0, log: string): Promise<unknown>;
  lookup(repository: object, name: string): Promise<{ delete(): number }>;
}

const RACERS = 3;
/** Refs that are deleted one after another, so that packing falls between. */
const MANY = 60;
/** Refs that are there besides: libgit2 reads them all before it locks the file they are in. */
const OTHERS = 20_000;
const rounds = Number(process.argv[2] ?? 200);
const folder = process.env.LAZYSPEC_RACE;
if (folder) race(folder);
else await main();

function native(): Nodegit {
  const loaded = loadNodegit(process.env, createRequire(import.meta.url));
  if ('nodegit' in loaded) return loaded.nodegit;
  throw new Error(`${loaded.problem}. Run: npm run setup:nodegit`);
}

/** One racer: told what to do and when, it says whether nodegit called it done. */
function race(path: string): void {
  const nodegit = native();
  const reference = nodegit.Reference as unknown as Unused;
  const act = async ({ act: what, ref, from, to, at }: Order): Promise<unknown> => {
    const repository = await nodegit.Repository.open(path);
    while (Date.now() < at); // all at once
    if (what === 'create') return reference.create(repository, ref, to, 0, '');
    if (what === 'move') {
      return nodegit.Reference.createMatching(repository, ref, to, 1, from, '');
    }
    for (let index = 0; index < MANY; index++) {
      (await reference.lookup(repository, `${ref}-${index}`)).delete();
    }
    return undefined;
  };
  process.on('message', (order: Order) => {
    act(order).then(
      () => process.send?.('done'),
      () => process.send?.('failed'),
    );
  });
  process.send?.('ready');
}

async function main(): Promise<void> {
  native();
  const world = mkdtempSync(join(tmpdir(), 'lazyspec-races-'));
  const git = (...args: string[]): string => {
    const identity = ['-c', 'user.name=racer', '-c', 'user.email=racer@example.invalid'];
    const ran = spawnSync('git', [...identity, ...args], { cwd: world, encoding: 'utf8' });
    return ran.stdout.trim();
  };
  git('init', '--quiet');
  const tree = git('mktree');
  const commits = Array.from({ length: RACERS + 1 }, (_, index) => {
    return git('commit-tree', tree, '-m', `commit ${index}`);
  });
  const updateRefs = (names: readonly string[]) => {
    const input = names.map((name) => `create ${name} ${commits[0]}\n`).join('');
    spawnSync('git', ['update-ref', '--stdin'], { cwd: world, input });
  };
  const others = Array.from({ length: OTHERS }, (_, index) => `refs/others/${10 ** 6 + index}`);
  const packed = others.map((name) => `${commits[0]} ${name}\n`).join('');
  writeFileSync(join(world, '.git', 'packed-refs'), packed);

  const racers = Array.from({ length: RACERS }, () => {
    const env = { ...process.env, LAZYSPEC_RACE: join(world, '.git') };
    return fork(fileURLToPath(import.meta.url), [], { env });
  });
  const answer = (racer: (typeof racers)[number]) =>
    new Promise<unknown>((resolve) => racer.once('message', resolve));
  await Promise.all(racers.map(answer));

  /** Has racers do one thing at the same time. @returns how many were told that it was done */
  async function together(act: Act, ref: string, some = racers): Promise<number> {
    const at = Date.now() + 15;
    const answers = some.map((racer, index) => {
      const answered = answer(racer);
      racer.send({ act, ref, from: commits[0], to: commits[index + 1], at });
      return answered;
    });
    return (await Promise.all(answers)).filter((word) => word === 'done').length;
  }

  const found = { create: 0, move: 0, delete: 0 };
  try {
    for (let round = 0; round < rounds; round++) {
      if (process.stderr.isTTY) process.stderr.write(`\r${round} of ${rounds} `);
      const ref = (name: string) => `refs/lazyspec/leases/${name}/R-${round}`;
      if ((await together('create', ref('create'))) > 1) found.create += 1;

      git('update-ref', ref('move'), commits[0] ?? '');
      if (round % 2 === 0) git('pack-refs', '--all');
      if ((await together('move', ref('move'))) !== 1) found.move += 1;

      // Others are packed just then by git: do they survive?
      const doomed = Array.from({ length: MANY }, (_, index) => `${ref('delete')}-${index}`);
      updateRefs(doomed);
      git('pack-refs', '--all');
      const deleted = together('delete', ref('delete'), racers.slice(0, 1));
      const bystanders = Array.from({ length: 5 }, (_, index) => `${ref('bystander')}-${index}`);
      for (const name of bystanders) {
        updateRefs([name]);
        git('pack-refs', '--all');
      }
      await deleted;
      const left = git('for-each-ref', '--format=%(refname)', ...bystanders).split('\n');
      if (left.length < bystanders.length) found.delete += 1;
    }
  } finally {
    for (const racer of racers) racer.disconnect();
    rmSync(world, { recursive: true, force: true, maxRetries: 5 });
  }
  process.stdout.write(
    [
      `nodegit 0.27.0, ${RACERS} processes at once, ${rounds} rounds; rounds in which`,
      `Reference.create told several that they had created one ref: ${found.create}`,
      `reference.delete() beside git pack-refs lost other refs:      ${found.delete}`,
      `createMatching did not tell exactly one that it had moved it: ${found.move}`,
      '',
    ].join('\n'),
  );
  process.exitCode = found.move > 0 ? 1 : 0;
}

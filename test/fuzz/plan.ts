/**
 * What happens in one round, drawn from a seed: steps of plain shell that do not depend on each
 * other's success, so that any of them can be left out.
 */
import { Random } from '../stress/random.ts';
import { file, folderOf, PATHS, quote, TYPES, write } from './configurations.ts';
import { documentOf } from './oracle.ts';

type Folder = 'ada' | 'ada.linked' | 'ben';

export interface Step {
  /** A clone, or a linked work tree of ada's. */
  folder: Folder;
  /** Run without our hooks. */
  setup: string;
  /** The git command that is judged. */
  act: string;
  /** Hooks judge a commit, a merge and a push; they see nothing of what is free. */
  kind: 'commit' | 'plain commit' | 'merge' | 'free' | 'push' | 'setup';
  /** After a refusal: the act without our hooks, or the clone as it was. */
  bypass: boolean;
}

export interface Plan {
  /** Makes the remote, the clones and their hooks. */
  begin: string;
  steps: Step[];
}

/** A plan; the same for the same seed. */
export function planOf(seed: number, length: number): Plan {
  const random = new Random(seed);
  const pick = <T>(...list: readonly T[]): T => random.pick(list);
  const maybe = (probability: number, line: () => string) =>
    random.chance(probability) ? line() : ':';
  const lines = (...list: string[]) => list.filter((line) => line !== ':').join('\n');

  const configuration = {
    place: pick('.lazyspec.toml', '.lazyspec.toml', 'package.json'),
    isGated: true,
    create: pick('own', 'own', 'any', 'off'),
    types: random.some(TYPES),
  };
  const idOf = (path: string) => documentOf(path, configuration);
  const shuffled = random.shuffled(PATHS);
  // Few enough that steps meet on them.
  const paths = [...new Set([...shuffled.filter(idOf).slice(0, 5), ...shuffled.slice(0, 3)])];
  const path = () => random.pick(paths);

  const begin = lines(
    `cat >.gitconfig <<'END'
[user]
  email = x@example.invalid
[init]
  defaultBranch = main
[pull]
  rebase = false
END
cat >plant <<'END'
acquired=$(($(date +%s) - $3))
cd "$W/remote.git"
blob=$(printf '{"agent":"%s","acquired":%s,"expires":%s}' $1 $acquired $((acquired + 3600)) | git hash-object -w --stdin)
tree=$(printf '100644 blob %s\\tlease.json\\n' $blob | git mktree)
git update-ref refs/lazyspec/leases/$2 $(git commit-tree $tree -m lease)
END
git init -q --bare remote.git
git clone -q remote.git ada 2>/dev/null
cd ada
git config user.name ada
echo 1 >plain && git add -A && git commit -qm 'Before the adoption'
git checkout -q --orphan pages && echo page >index.html && git add -A && git commit -qm Pages
git checkout -q main`,
    ...paths.map((one) =>
      maybe(0.75, () => `${folderOf(one)}; printf '%s\\n' 1 2 3 4 5 6 7 8 9 >${file(one)}`),
    ),
    write(configuration),
    `git add -A && git commit -qm Adopt
echo 2 >plain && git commit -qam More
git push -q origin --all
node "$HOOKS" install --quiet
cd ..
cp -R ada ben
git -C ben config user.name ben
git -C ada worktree add -q -b linked ../ada.linked`,
  );

  let number = 0;
  const made = (folder: Folder, kind: Step['kind'], act: string, ...setup: string[]): Step => {
    return { folder, kind, act, setup: lines(...setup), bypass: random.chance(0.5) };
  };
  const step = (): Step => {
    number += 1;
    const folder = pick<Folder>('ada', 'ada', 'ada', 'ada', 'ada.linked', 'ben');
    return pick(
      leases,
      leases,
      ...Array(5).fill(commit),
      merge,
      merge,
      free,
      ...Array(3).fill(push),
    )(folder);
  };

  /** Some leases come, go, or change hands; some of them behind the back of the clone. */
  function leases(folder: Folder): Step {
    const names = [...new Set(random.some(paths).flatMap((one) => idOf(one) ?? []))];
    const changes = names.map((name) =>
      pick(
        ...[60, 60, 7200].map((age) => `sh "$W/plant" ${pick('ada', 'ada', 'ben')} ${name} ${age}`),
        `git -C ../remote.git update-ref -d refs/lazyspec/leases/${name}`,
      ),
    );
    const command = pick('claim', 'claim', 'claim --force', 'heartbeat', 'release');
    const ids = names.filter(() => random.chance(0.6)).map((name) => name.replace(/^.*\//, ''));
    const ours = ids.length > 0 ? `node "$LEASE" ${command} ${ids.join(' ')}` : ':';
    return made(folder, 'setup', ':', ...random.shuffled([...changes, ours]));
  }

  function commit(folder: Folder): Step {
    const [kind, act] = pick<[Step['kind'], string]>(
      ...Array(6).fill(['plain commit', 'git commit -q -m c']),
      ['plain commit', 'git -c diff.ignoreSubmodules=all -c diff.renames=copies commit -q -m c'],
      ['plain commit', 'git -c diff.external=true -c color.ui=always commit -q -m c'],
      ['plain commit', 'GIT_LITERAL_PATHSPECS=1 git commit -q -m c'],
      ['plain commit', 'GIT_ICASE_PATHSPECS=1 git commit -q -m c'],
      ['plain commit', 'git -C docs commit -q -m c'],
      ...Array(2).fill(['commit', 'git commit -q -a -m c']),
      ['commit', `git commit -q -m c -- ${file(path())} ${file(path())}`],
      ['commit', `git commit -q -m c --include ${file(path())}`],
      ['commit', 'git commit -q --amend --no-edit'],
      ['commit', 'git commit -q -a --amend -m c'],
      ['commit', 'git commit -q --allow-empty -m c'],
    );
    return made(
      ...[folder, kind, act, maybe(0.6, () => clean(folder)), maybe(0.1, configure)],
      ...[maybe(0.06, () => 'git checkout -q --orphan orphan$$'), changes()],
      maybe(0.1, () => 'git stash -q; git stash pop -q --index'),
      maybe(0.1, () => `git commit -q -m 'Not judged'\n${changes()}`),
      maybe(0.1, () => `git ${pick('cherry-pick -n linked', 'revert -n HEAD')}; git add -A`),
    );
  }

  function merge(folder: Folder): Step {
    const sides = [`side${number}`, `other${number}`].slice(0, pick(1, 1, 1, 2));
    const setup = [clean(folder), ...sides.map(side), save()];
    const options = pick('', '', '--no-ff ', '-X ours ', '-s ours ');
    const merged = `${options}${sides.join(' ')}`;
    if (random.chance(0.6)) {
      const act = `git merge -q --no-edit ${merged}`;
      return made(
        folder,
        'merge',
        pick(act, act, act, 'git pull -q --no-edit origin main'),
        ...setup,
      );
    }
    const how = pick('--no-ff --no-commit', '--squash');
    const act = how === '--squash' ? 'git commit -q -m Squash' : 'git commit -q --no-edit';
    const resolve = pick(':', 'git checkout -q --theirs .', changes());
    setup.push(`git merge -q ${how} ${merged}`, resolve, 'git add -A');
    return made(folder, 'commit', act, ...setup);
  }

  function free(folder: Folder): Step {
    const [one, setup] = [`side${number}`, [clean(folder), side(`side${number}`)]];
    const [before, act] = pick(
      [save(), `git cherry-pick ${one}`],
      [save(), 'git revert --no-edit HEAD'],
      [save(), `git rebase -q ${one}`],
      [save(), `git format-patch -1 --stdout ${one} | git am -q`],
      [save(), 'git reset -q --hard HEAD~1'],
      [changes(), 'git stash -q'],
      [changes(), 'git checkout -q pages'],
      [changes(), 'git commit -q --no-verify -m c'],
    ) as [string, string];
    return made(folder, 'free', act, ...setup, before);
  }

  function push(folder: Folder): Step {
    const what = pick(
      ...Array(4).fill('origin HEAD:main'),
      ...['origin HEAD', 'origin HEAD:topic', `origin HEAD:new${number}`, 'origin --all'],
      ...[`origin HEAD:refs/tags/light${number}`, '--follow-tags origin HEAD:main'],
      ...[`origin main side${number}`, 'origin :topic', '--force origin HEAD:main'],
      ...['--force origin HEAD:topic', 'origin +HEAD~1:main', `origin +side${number}:main`],
      '--mirror origin',
    );
    const onto = pick(
      ...Array(4).fill('git pull -q --rebase origin main'),
      ...[':', 'git fetch -q', 'git pull -q --no-edit origin main', foreign(`vendor${number}`)],
      'git fetch -q; git merge -q --no-edit -s ours origin/main',
      'git checkout -q --orphan orphan$$; git commit -q -m Orphan',
    );
    return made(
      ...([folder, 'push', `git push ${what}`, clean(folder), maybe(0.85, save)] as const),
      ...[maybe(0.3, () => side(`side${number}`)), onto],
      maybe(0.2, () => `git tag -f -a -m t tag${number}`),
    );
  }

  function clean(folder: Folder): string {
    const branch = folder === 'ada.linked' ? 'linked' : 'main';
    const update = maybe(0.3, () => 'git fetch -q; git merge -q origin/main');
    const seen = maybe(0.7, () => 'git update-index --no-skip-worktree .lazyspec.toml');
    return `${seen}; git reset -q --hard; git clean -qfd; git checkout -q ${branch}; ${update}`;
  }

  function side(name: string): string {
    const begun = `git checkout -q -B ${name} HEAD~1 2>/dev/null || git checkout -q -B ${name}`;
    return `${begun}\n${save()}\ngit checkout -q -`;
  }

  function save(): string {
    return `${changes()}\ngit add -A; git commit -q -m Saved`;
  }

  /** Another configuration, or none, in the index or in the work tree only. */
  function configure(): string {
    const change = pick(
      write({ ...configuration, isGated: false }),
      write({ ...configuration, types: random.some(TYPES) }),
      write({ ...configuration, place: pick('.lazyspec.toml', 'package.json') }),
      'rm -f .lazyspec.toml package.json',
      'git update-index --skip-worktree .lazyspec.toml; rm -f .lazyspec.toml',
    );
    return `${change}\n${maybe(0.5, () => 'git add -A -- .lazyspec.toml package.json')}`;
  }

  function changes(): string {
    return lines(...Array.from({ length: pick(1, 2, 3) }, () => change(path(), path())));
  }

  function change(one: string, two: string): string {
    const [name, other, word] = [file(one), file(two), `${number}-${random.below(1000)}`];
    const add = maybe(0.8, () => `git add -- ${name}`);
    const indexed = 'git update-index --add --cacheinfo';
    return pick(
      ...Array(5).fill(`${folderOf(one)}; echo ${word} >>${name}; ${add}`),
      ...Array(3).fill(`sed -i '1s/$/ ${word}/' ${name}; ${add}`),
      ...[`git rm -rqf -- ${name}`, `rm -rf ${name}`, `git mv -f -- ${name} ${other}`],
      ...[`mkdir -p src; git mv -f -- ${name} src/${word}`, `git reset -q -- ${name}`],
      ...[`${folderOf(one)}; git mv -f -- plain ${name}`, `chmod +x ${name}; ${add}`],
      `${folderOf(one)}; rm -rf ${name}; ln -s ${word} ${name}; ${add}`,
      `rm -rf ${name}; mkdir -p ${name}; echo ${word} >${name}/RFC-012.md; ${add}`,
      `git rm -rqf --cached -- ${name}; ${indexed} 160000,$(git rev-parse HEAD),${quote(one)}`,
      `${indexed} 100644,$(echo ${word} | git hash-object -w --stdin),${quote(one)}`,
      `${folderOf(one)}; echo ${word} >>${name}; git add -N -- ${name}`,
      `git update-index --assume-unchanged -- ${name}; echo ${word} >>${name}`,
    );
  }

  return { begin, steps: [leases('ada'), leases('ben'), ...Array.from({ length }, step)] };
}

/** Adds the history of another project in a folder, as `git subtree add` does. */
function foreign(folder: string): string {
  return `export GIT_INDEX_FILE=$(git rev-parse --absolute-git-dir)/foreign
git read-tree HEAD
git ls-files -s | sed "s/ [0-9a-f]\\{40\\} / $(echo Theirs | git hash-object -w --stdin) /" | git update-index --index-info
root=$(git commit-tree $(git write-tree) -m 'Another project')
unset GIT_INDEX_FILE
git merge -q -s ours --no-commit --allow-unrelated-histories $root
git read-tree --prefix=${folder}/ $root^{tree}
git commit -q -m Subtree
git reset -q --hard`;
}

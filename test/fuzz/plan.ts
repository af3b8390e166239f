/**
 * What happens in one round, drawn from a seed: steps of plain shell that do not depend on each
 * other's success, so that any of them can be left out.
 */
import { Random } from '../stress/random.ts';
import { documentOf } from './oracle.ts';

export interface Step {
  /** The folder it happens in: a clone, or a linked work tree of ada's. */
  folder: 'ada' | 'ada.linked' | 'ben';
  /** Run without our hooks. */
  setup: string;
  /** The one git command that is judged; none where nothing is. */
  act?: string;
  /** Hooks judge a `commit`; they see nothing of a `free` act. */
  kind: 'commit' | 'plain commit' | 'merge' | 'free' | 'push' | 'setup';
  /** After a refusal: the act without our hooks, or the clone as it was. */
  bypass: boolean;
}

export interface Plan {
  /** Makes the remote, the clones and their hooks. */
  begin: string;
  steps: Step[];
}

interface Configuration {
  place: 'toml' | 'package.json';
  isGated: boolean;
  create: string;
  types: (typeof TYPES)[keyof typeof TYPES][];
}

const TYPES = {
  rfc: { name: 'rfc', dir: 'docs/rfcs', prefix: 'RFC' },
  adr: { name: 'adr', dir: 'doc/decisions', prefix: 'ADR', match: '{n:04}-{title}.md' },
  story: { name: 'story', dir: 'stories', prefix: 'STORY', subdirectory: true },
  doc: { name: 'doc', dir: 'docs', prefix: 'DOC' },
  note: { name: 'note', dir: '.', prefix: 'NOTE' },
  convention: { name: 'convention', dir: 'docs/rfcs/x', prefix: 'CONVENTION', singleton: true },
};

const PATHS = [
  ...['RFC-001-one.md', 'RFC-002.md', 'rfc-003_three.md', 'x/RFC-006/a.md', 'RFC-002-also.txt'],
  ...['RFC-004-é "q" \'s.md', 'RFC-005 blank.md', 'RFC-007-a\nb.md', '-RFC-008.md', 'RFC-x.md'],
  ...['DOC-002.md', 'README.md', 'x/CONVENTION.md', 'RFC-010-*[a].md', 'RFC-011\\t.md', 'DOC-3/x'],
]
  .map((name) => `docs/rfcs/${name}`)
  .concat(
    ...['0001-first.md', '0002-second.md', '0003.md', 'x/0004-y.md', 'ADR-0005-z.md', 'adr.md'].map(
      (name) => `doc/decisions/${name}`,
    ),
    ...['STORY-001-s/README.md', 'STORY-001-s/p.png', 'STORY-002/RFC-009.md', 'index.md'].map(
      (name) => `stories/${name}`,
    ),
    ...[
      'docs/DOC-001.md',
      'NOTE-001.md',
      'a/b/NOTE-002.md',
      '-NOTE-003.md',
      'README.md',
      'src/a.c',
    ],
  );

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** A plan; the same for the same seed. */
export function planOf(seed: number, length: number): Plan {
  return new Planner(seed).plan(length);
}

class Planner {
  readonly #random: Random;
  readonly #configuration: Configuration;
  /** Few enough that steps meet on them. */
  readonly #paths: string[];
  #number = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#configuration = {
      place: this.#random.chance(0.75) ? 'toml' : 'package.json',
      isGated: true,
      create: this.#random.pick(['own', 'own', 'any', 'off']),
      types: this.#random.some(Object.values(TYPES)),
    };
    const shuffled = this.#random.shuffled(PATHS);
    const governed = shuffled.filter((path) => this.#documentOf(path));
    this.#paths = [...governed.slice(0, 5), ...shuffled.slice(0, 3)];
  }

  plan(length: number): Plan {
    const begin = this.#begin();
    const steps = Array.from({ length }, () => this.#step());
    return { begin, steps: [this.#leases('ada'), this.#leases('ben'), ...steps] };
  }

  #documentOf(path: string): string | undefined {
    return documentOf(path, this.#configuration);
  }

  #begin(): string {
    const present = this.#paths.filter(() => this.#random.chance(0.75));
    return `printf '[user]\\n\\temail = x@example.invalid\\n[init]\\n\\tdefaultBranch = main\\n[advice]\\n\\tdetachedHead = false\\n[pull]\\n\\trebase = false\\n' >.gitconfig
git init -q --bare remote.git
git clone -q remote.git ada 2>/dev/null
cd ada
git config user.name ada
echo 1 >plain && git add -A && git commit -qm 'Before the adoption'
git checkout -q --orphan pages && echo page >index.html && git add -A && git commit -qm Pages
git checkout -q main
${present.map((path) => `${this.#folderOf(path)}; printf '%s\\n' 1 2 3 4 5 6 7 8 9 >${file(path)}`).join('\n')}
${this.#write(this.#configuration)}
git add -A && git commit -qm Adopt
git push -q origin --all
node "$HOOKS" install --quiet
cd ..
cp -R ada ben
git -C ben config user.name ben
git -C ada worktree add -q -b linked ../ada.linked`;
  }

  #write({ place, isGated, create, types }: Configuration): string {
    const coordination = { remote: 'origin' };
    const all = { types, ...(isGated && { coordination }), gate: { create } };
    if (place === 'package.json') {
      return `printf '%s\\n' ${quote(JSON.stringify({ lazyspec: all }))} >package.json`;
    }
    const tables = types.map((type) => {
      const keys = Object.entries(type).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
      return `[[types]]\n${keys.join('\n')}\n`;
    });
    const text = `${tables.join('')}${isGated ? '[coordination]\nremote = "origin"\n' : ''}[gate]\ncreate = "${create}"\n`;
    return `printf '%s' ${quote(text)} >.lazyspec.toml`;
  }

  #step(): Step {
    this.#number += 1;
    const folder = this.#random.pick(['ada', 'ada', 'ada', 'ada', 'ada.linked', 'ben'] as const);
    const draw = this.#random.below(20);
    if (draw < 3) return this.#leases(folder);
    if (draw < 10) return this.#commit(folder);
    if (draw < 13) return this.#merge(folder);
    if (draw < 15) return this.#free(folder);
    return this.#push(folder);
  }

  /** Some leases come, go, or change hands; some of them behind the back of this clone. */
  #leases(folder: Step['folder']): Step {
    const agent = folder === 'ben' ? 'ben' : 'ada';
    const names = this.#random.some(this.#paths).flatMap((path) => this.#documentOf(path) ?? []);
    const lines = [...new Set(names)].map((name) => {
      const ref = `refs/lazyspec/leases/${name}`;
      const other = this.#random.pick(['ada', 'ben']);
      const plant = (start: number) =>
        `acquired=$(($(date +%s) - ${start}))
blob=$(printf '{"agent":"${other}","acquired":%s,"expires":%s}' $acquired $((acquired + 3600)) | git -C ../remote.git hash-object -w --stdin)
tree=$(printf '100644 blob %s\\tlease.json\\n' $blob | git -C ../remote.git mktree)
git -C ../remote.git update-ref ${ref} $(git -C ../remote.git commit-tree $tree -m lease)`;
      return this.#random.pick([
        plant(60),
        plant(60),
        plant(7200),
        `git -C ../remote.git update-ref -d ${ref}`,
      ]);
    });
    const ids = this.#random.some(names).map((name) => name.replace(/^.*\//, ''));
    const command = this.#random.pick(['claim', 'claim', 'claim --force', 'heartbeat', 'release']);
    if (ids.length > 0) lines.push(`node "$LEASE" ${command} ${ids.join(' ')}`);
    return this.#made({
      folder: agent,
      setup: this.#random.shuffled(lines).join('\n'),
      kind: 'setup',
    });
  }

  #commit(folder: Step['folder']): Step {
    const [one, other] = [quote(this.#path()), quote(this.#path())];
    const setup = [
      ...(this.#random.chance(0.6) ? [this.#clean(folder)] : []),
      ...(this.#random.chance(0.1) ? [this.#configure()] : []),
      ...(this.#random.chance(0.08) ? ['git checkout -q --orphan orphan$$'] : []),
      this.#changes(),
      ...(this.#random.chance(0.1) ? ['git stash -q; git stash pop -q --index'] : []),
      ...(this.#random.chance(0.1) ? [`git commit -q -m 'Not judged'\n${this.#changes()}`] : []),
      ...(this.#random.chance(0.1) ? [`git ${this.#picking()}; git add -A`] : []),
    ];
    const [kind, act] = this.#random.pick([
      ...Array.from({ length: 6 }, () => ['plain commit', 'git commit -q -m c'] as const),
      ['plain commit', 'git -c diff.ignoreSubmodules=all -c diff.renames=copies commit -q -m c'],
      ['plain commit', 'git -c diff.external=true -c color.ui=always commit -q -m c'],
      ['plain commit', 'GIT_LITERAL_PATHSPECS=1 git commit -q -m c'],
      ['plain commit', 'GIT_ICASE_PATHSPECS=1 git commit -q -m c'],
      ['plain commit', 'git -C docs commit -q -m c'],
      ['commit', 'git commit -q -a -m c'],
      ['commit', 'git commit -q -a -m c'],
      ['commit', `git commit -q -m c -- ${one} ${other}`],
      ['commit', `git commit -q -m c --include ${one}`],
      ['commit', 'git commit -q --amend --no-edit'],
      ['commit', 'git commit -q -a --amend -m c'],
      ['commit', 'git commit -q --allow-empty -m c'],
    ] as const);
    return this.#made({ folder, setup: setup.join('\n'), act, kind });
  }

  #picking(): string {
    return this.#random.pick(['cherry-pick -n HEAD@{2}', 'revert -n HEAD', 'cherry-pick linked']);
  }

  #merge(folder: Step['folder']): Step {
    const [one, two] = [`side${this.#number}`, `other${this.#number}`];
    const isOctopus = this.#random.chance(0.2);
    const setup = [
      this.#clean(folder),
      this.#side(one),
      ...(isOctopus ? [this.#side(two)] : []),
      this.#changes(),
      'git add -A; git commit -q -m Ours',
    ];
    const sides = isOctopus ? `${one} ${two}` : one;
    const options = this.#random.pick(['', '', '--no-ff ', '-X ours ', '-s ours ']);
    if (this.#random.chance(0.6)) {
      const act = `git merge -q --no-edit ${options}${sides}`;
      return this.#made({ folder, setup: setup.join('\n'), act, kind: 'merge' });
    }
    const how = this.#random.pick(['--no-ff --no-commit', '--squash']);
    setup.push(`git merge -q ${how} ${options}${sides}`);
    setup.push(this.#random.pick(['', 'git checkout -q --theirs .', this.#changes()]));
    setup.push('git add -A');
    const act = how === '--squash' ? 'git commit -q -m Squash' : 'git commit -q --no-edit';
    return this.#made({ folder, setup: setup.join('\n'), act, kind: 'commit' });
  }

  #side(name: string): string {
    return `git checkout -q -B ${name} HEAD~1 2>/dev/null || git checkout -q -B ${name}
${this.#changes()}
git add -A; git commit -q -m ${name}
git checkout -q -`;
  }

  #free(folder: Step['folder']): Step {
    const side = `side${this.#number}`;
    const setup = `${this.#clean(folder)}\n${this.#side(side)}\n${this.#changes()}`;
    const saved = `${setup}\ngit commit -q -m Ours`;
    const [before, act] = this.#random.pick([
      [saved, `git cherry-pick ${side}`],
      [saved, 'git revert --no-edit HEAD'],
      [saved, `git rebase -q ${side}`],
      [saved, `git format-patch -1 --stdout ${side} | git am -q`],
      [saved, `git checkout -q ${side}`],
      [saved, 'git reset -q --hard HEAD~1'],
      [setup, 'git stash -q'],
      [setup, 'git checkout -q pages'],
      [setup, 'git commit -q --no-verify -m c'],
    ] as const);
    return this.#made({ folder, setup: before, act, kind: 'free' });
  }

  #push(folder: Step['folder']): Step {
    const side = `side${this.#number}`;
    const onto = this.#random.pick([
      '',
      'git fetch -q',
      ...Array.from({ length: 3 }, () => 'git pull -q --rebase origin main'),
      'git pull -q --no-edit origin main',
      'git fetch -q; git merge -q --no-edit -s ours origin/main',
      'git checkout -q --orphan orphan$$; git commit -q -m Orphan',
      foreign(`vendor${this.#number}`),
    ]);
    const setup = [
      this.#clean(folder),
      ...(this.#random.chance(0.7)
        ? [`${this.#changes()}\ngit add -A; git commit -q -m Ours`]
        : []),
      ...(this.#random.chance(0.3) ? [this.#side(side)] : []),
      onto,
      ...(this.#random.chance(0.2) ? [`git tag -f -a -m t tag${this.#number}`] : []),
    ];
    const act = this.#random.pick([
      ...Array.from({ length: 4 }, () => 'origin HEAD:main'),
      'origin HEAD',
      'origin HEAD:topic',
      `origin HEAD:new${this.#number}`,
      `origin HEAD:refs/tags/light${this.#number}`,
      'origin --all',
      'origin --tags',
      '--follow-tags origin HEAD:main',
      `origin main ${side}`,
      'origin :topic',
      '--force origin HEAD:main',
      '--force origin HEAD:topic',
      'origin +HEAD~1:main',
      `origin +${side}:main`,
      '--mirror origin',
    ]);
    return this.#made({ folder, setup: setup.join('\n'), act: `git push ${act}`, kind: 'push' });
  }

  #made(step: Omit<Step, 'bypass'>): Step {
    return { ...step, bypass: this.#random.chance(0.5) };
  }

  #clean(folder: Step['folder']): string {
    const branch = folder === 'ada.linked' ? 'linked' : 'main';
    const update = this.#random.chance(0.3) ? '\ngit fetch -q; git merge -q origin/main' : '';
    return `git reset -q --hard; git clean -qfd; git checkout -q ${branch}${update}`;
  }

  /** Another configuration, or none, in the index or in the work tree only. */
  #configure(): string {
    const change = this.#random.pick([
      this.#write({ ...this.#configuration, isGated: false }),
      this.#write({ ...this.#configuration, types: this.#random.some(Object.values(TYPES)) }),
      this.#write({ ...this.#configuration, place: this.#random.pick(['toml', 'package.json']) }),
      'rm -f .lazyspec.toml package.json',
      'git update-index --skip-worktree .lazyspec.toml package.json; rm -f .lazyspec.toml',
    ]);
    const files = '.lazyspec.toml package.json';
    return `${change}${this.#random.chance(0.5) ? `\ngit add -A -- ${files}` : ''}`;
  }

  #changes(): string {
    return Array.from({ length: 1 + this.#random.below(3) }, () => this.#change()).join('\n');
  }

  #change(): string {
    const path = this.#path();
    const [one, other] = [file(path), file(this.#path())];
    const word = `${this.#number}-${this.#random.below(1000)}`;
    const folder = this.#folderOf(path);
    const blob = `$(echo ${word} | git hash-object -w --stdin)`;
    const add = this.#random.chance(0.8) ? `; git add -- ${one}` : '';
    return this.#random.pick([
      ...Array.from({ length: 5 }, () => `${folder}; echo ${word} >>${one}${add}`),
      ...Array.from({ length: 3 }, () => `sed -i '1s/$/ ${word}/' ${one}${add}`),
      `git rm -rqf -- ${one}`,
      `rm -rf ${one}`,
      `git mv -f -- ${one} ${other}`,
      `git mv -f -- ${one} src/moved-${word}`,
      `${folder}; git mv -f -- plain ${one}`,
      `chmod +x ${one}${add}`,
      `git update-index --chmod=+x -- ${one}`,
      `${folder}; rm -rf ${one}; ln -s ${word} ${one}${add}`,
      `rm -rf ${one}; mkdir -p ${one}; echo ${word} >${one}/RFC-012.md${add}`,
      `git rm -rqf --cached -- ${one}; git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),${quote(path)}`,
      `git update-index --add --cacheinfo 100644,${blob},${quote(path)}`,
      `${folder}; echo ${word} >>${one}; git add -N -- ${one}`,
      `git reset -q -- ${one}`,
      `git update-index --assume-unchanged -- ${one}; echo ${word} >>${one}`,
    ]);
  }

  #path(): string {
    return this.#random.pick(this.#paths);
  }

  #folderOf(path: string): string {
    return `mkdir -p ./${quote(path.split('/').slice(0, -1).join('/'))}`;
  }
}

/** A path that nothing takes for an option, or for a pattern. */
function file(path: string): string {
  return quote(`./${path}`);
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

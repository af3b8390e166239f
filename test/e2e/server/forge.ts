/** Commits that none of the programs would write, in one process each. */
import type { Sandbox } from '../../helpers/sandbox.ts';
import { run } from '../../helpers/sandbox.ts';

/** `100644` and its content, or another mode and what stands there: a target, a commit's id. */
export type Entry = string | Buffer | { mode: string; content: string } | { gitlink: string };

export interface Forged {
  /** Its files are those of the first parent, changed. */
  parents?: readonly string[];
  files?: Record<string, Entry>;
  removed?: readonly string[];
  /** Seconds since 1970. */
  date?: number;
  author?: string;
}

export interface TreeEntry {
  /** `100644`, `40000`. */
  mode: string;
  name: string;
  oid: string;
}

export class Forge {
  readonly #sandbox: Sandbox;
  readonly #repository: string;

  constructor(sandbox: Sandbox, repository: string) {
    this.#sandbox = sandbox;
    this.#repository = repository;
  }

  /** @returns the id of the new commit */
  async commit({ parents = [], files = {}, removed = [], ...commit }: Forged): Promise<string> {
    const { date = Math.floor(Date.now() / 1000), author = 'somebody' } = commit;
    const ref = 'refs/forged';
    const [first, ...others] = parents;
    const parts: (string | Buffer)[] = [
      ...(first ? [] : [`reset ${ref}\n`]),
      `commit ${ref}\nmark :1\ncommitter ${author} <${author}@example.invalid> ${date} +0000\n`,
      data('forged'),
      ...(first ? [`from ${first}\n`] : []),
      ...others.map((parent) => `merge ${parent}\n`),
      ...removed.map((path) => `D ${JSON.stringify(path)}\n`),
      ...Object.entries(files).flatMap(([path, entry]) =>
        modification(JSON.stringify(path), entry),
      ),
      // The ref was needed for the commit only.
      `\nget-mark :1\nreset ${ref}\nfrom ${'0'.repeat(40)}\n\ndone\n`,
    ];
    const buffers = parts.map((part) => Buffer.from(part));
    return this.#git(['fast-import', '--quiet', '--force', '--done'], Buffer.concat(buffers));
  }

  /** So many commits on top of one, beside each other. */
  async commits(count: number, parent: string): Promise<string[]> {
    const ref = 'refs/forged';
    const parts = Array.from({ length: count }, (_, index) => {
      const who = `committer x <x@example.invalid> ${index} +0000`;
      return `commit ${ref}\nmark :${index + 1}\n${who}\ndata 0\nfrom ${parent}\n\nget-mark :${index + 1}\n`;
    });
    const end = `reset ${ref}\nfrom ${'0'.repeat(40)}\n\ndone\n`;
    const args = ['fast-import', '--quiet', '--force', '--done'];
    return (await this.#git(args, parts.join('') + end)).split('\n');
  }

  /** A tree written as it is told: whatever its order, and with the same name twice. */
  async tree(entries: readonly TreeEntry[]): Promise<string> {
    const bytes = entries.flatMap(({ mode, name, oid }) => [
      Buffer.from(`${mode} ${name}\0`),
      Buffer.from(oid, 'hex'),
    ]);
    const how = ['hash-object', '-t', 'tree', '--literally', '-w', '--stdin'];
    return this.#git(how, Buffer.concat(bytes));
  }

  /** The entries of a folder, as git lists them. */
  async entries(folder: string): Promise<TreeEntry[]> {
    const listed = await this.#git(['ls-tree', folder], '');
    return listed.split('\n').map((line) => {
      const [, mode = '', oid = '', name = ''] = /^0?(\d+) \w+ (\w+)\t(.*)$/.exec(line) ?? [];
      return { mode, name, oid };
    });
  }

  async commitOf(tree: string, ...parents: string[]): Promise<string> {
    const args = ['commit-tree', tree, '-m', 'forged', ...parents.flatMap((one) => ['-p', one])];
    return this.#git(args, '');
  }

  /** A tree of ten trees of ten trees …: ten thousand million files in a dozen objects. */
  async bomb(): Promise<string> {
    const names = Array.from({ length: 10 }, (_, i) => `${i}`);
    const blob = await this.blob('x');
    let tree = await this.tree(names.map((name) => ({ mode: '100644', name, oid: blob })));
    for (let depth = 1; depth < 10; depth++) {
      const oid = tree;
      tree = await this.tree(names.map((name) => ({ mode: '40000', name, oid })));
    }
    return tree;
  }

  async blob(content: string): Promise<string> {
    return this.#git(['hash-object', '-w', '--stdin'], content);
  }

  async treeOf(commit: string): Promise<string> {
    return this.#git(['rev-parse', `${commit}^{tree}`], '');
  }

  /** An annotated tag. @returns the tag's own id */
  async tag(commit: string): Promise<string> {
    const text = `object ${commit}\ntype commit\ntag forged\ntagger x <x@example.invalid> 1 +0000\n\n`;
    return this.#git(['mktag'], text);
  }

  /** An annotated tag that says of a commit that it is a blob. @returns the tag's own id */
  async lyingTag(commit: string): Promise<string> {
    const text = `object ${commit}\ntype blob\ntag forged\ntagger x <x@example.invalid> 1 +0000\n\n`;
    return this.#git(['hash-object', '-t', 'tag', '--literally', '-w', '--stdin'], text);
  }

  async #git(args: readonly string[], input: string | Buffer): Promise<string> {
    const options = { cwd: this.#repository, env: this.#sandbox.env, input };
    const ran = await run('git', args, options);
    if (ran.status !== 0) throw new Error(`git ${args[0]}: ${ran.stderr}`);
    return ran.stdout.trim();
  }
}

function modification(path: string, entry: Entry): (string | Buffer)[] {
  if (typeof entry === 'string' || Buffer.isBuffer(entry)) {
    return [`M 100644 inline ${path}\n`, data(entry)];
  }
  if ('gitlink' in entry) return [`M 160000 ${entry.gitlink} ${path}\n`];
  return [`M ${entry.mode} inline ${path}\n`, data(entry.content)];
}

function data(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
}

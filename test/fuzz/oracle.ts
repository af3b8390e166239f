/**
 * What a commit or a push has to claim, computed from commits that exist already by `git diff-tree`
 * and the rules in docs/configuration.md and docs/hooks.md. Imports nothing of src.
 */
import { parse } from 'smol-toml';

/** Runs git in one repository, and throws when it fails. */
export type Git = (args: readonly string[], input?: string) => Promise<string>;

interface DocumentType {
  name: string;
  dir: string;
  prefix: string;
  match?: string;
  subdirectory?: boolean;
  singleton?: boolean;
}

export interface Rules {
  isGated: boolean;
  isBroken?: boolean;
  create: string;
  types: DocumentType[];
}

/** The configuration files of one commit, or of a work tree. */
export interface State {
  toml?: string | undefined;
  pkg?: string | undefined;
}

/** Documents by the end of their lease ref, such as `rfc/RFC-001`, and whether each is new. */
export type Needs = Map<string, { isNew: boolean }>;

export interface Lease {
  agent: string;
  expires: number;
}

const type = (name: string, dir: string, prefix: string, singleton = false) => {
  return { name, dir: `docs/${dir}`, prefix, singleton };
};
const DEFAULT_TYPES: DocumentType[] = [
  ...['rfc', 'adr', 'spec', 'iteration'].map((one) => type(one, `${one}s`, one.toUpperCase())),
  type('story', 'stories', 'STORY'),
  type('convention', 'convention', 'CONVENTION', true),
  type('dictum', 'convention', 'DICTUM'),
];

/** The rules that a state holds; undefined: it has no configuration. */
export function rulesOf({ toml, pkg }: State): Rules | undefined {
  try {
    // biome-ignore lint/suspicious/noExplicitAny: what a file holds
    const raw: any = toml === undefined ? pkg && JSON.parse(pkg).lazyspec : parse(toml);
    if (raw === undefined || raw === '') return undefined;
    const { coordination, gate = {}, types = DEFAULT_TYPES } = raw;
    return { isGated: coordination !== undefined, create: gate.create ?? 'any', types };
  } catch {
    return { isGated: true, isBroken: true, create: 'own', types: [] }; // such as by a conflict
  }
}

/** The rules of the first state that has any. */
export function firstRules(...states: State[]): Rules | undefined {
  return states.map(rulesOf).find(Boolean);
}

export async function stateAt(git: Git, commit: string | undefined): Promise<State> {
  if (!commit) return {};
  const names = ['.lazyspec.toml', 'package.json'].map((path) => `${commit}:${path}`);
  const [toml, pkg] = await blobs(git, names);
  return { toml, pkg };
}

/** What is in some blobs, or undefined for one that is missing. */
async function blobs(git: Git, names: readonly string[]): Promise<(string | undefined)[]> {
  if (names.length === 0) return [];
  const output = await git(['cat-file', '--batch'], `${names.join('\n')}\n`);
  const parts = output.split(/^(?:[0-9a-f]{40} (blob) [0-9]+|\S+ missing)\n/m).slice(1);
  return names.map((_, index) => (parts[2 * index] ? parts[2 * index + 1] : undefined));
}

/** The document that a path belongs to, as the end of its lease ref. */
export function documentOf(path: string, { types }: Rules): string | undefined {
  const isBelow = ({ dir }: DocumentType) => dir === '.' || path.startsWith(`${dir}/`);
  const innermost = types.filter(isBelow).sort((a, b) => depth(b) - depth(a));
  for (const one of innermost) {
    const names = (one.dir === '.' ? path : path.slice(one.dir.length + 1)).split('/');
    const file = names.length - 1;
    const order = names.map((name, index) => ({ name, isFile: index === file }));
    const asked = one.subdirectory ? order : order.reverse();
    for (const { name, isFile } of asked) {
      const found = prefixed(name, types) ?? matched(name, one, isFile);
      if (found) return found;
    }
  }
  return undefined;
}

const depth = ({ dir }: DocumentType) => (dir === '.' ? 0 : dir.length);

function prefixed(name: string, types: readonly DocumentType[]): string | undefined {
  for (const one of [...types].sort((a, b) => b.prefix.length - a.prefix.length)) {
    const start = `${one.prefix}-`;
    if (!name.toLowerCase().startsWith(start.toLowerCase())) continue;
    const key = /^[A-Za-z0-9]*/.exec(name.slice(start.length))?.[0] ?? '';
    const end = name.charAt(start.length + key.length);
    if (/[0-9]/.test(key) && ['', '-', '_', '.'].includes(end)) return `${one.name}/${start}${key}`;
  }
  return undefined;
}

function matched(name: string, one: DocumentType, isFile: boolean): string | undefined {
  if (one.singleton && isFile && name.replace(/\.[^.]*$/, '') === one.prefix) {
    return `${one.name}/${one.prefix}`;
  }
  if (one.match === undefined) return undefined;
  if (one.match !== '{n:04}-{title}.md') throw new Error(`a pattern unknown here: ${one.match}`);
  const pattern = isFile ? /^([0-9]+)-[\s\S]+\.md$/ : /^([0-9]+)-[\s\S]+$/;
  const key = pattern.exec(name)?.[1];
  return key && `${one.name}/${one.prefix}-${key}`;
}

const listed = (output: string) => output.split('\0').filter(Boolean);

export async function filesIn(git: Git, commit: string): Promise<string[]> {
  return listed(await git(['ls-tree', '-r', '-z', '--name-only', commit]));
}

export async function parentsOf(git: Git, commit: string): Promise<string[]> {
  const [, ...parents] = (await git(['rev-list', '--parents', '-1', commit])).trim().split(' ');
  return parents;
}

/** The files of a commit that differ from every one of some others; of none: all. */
export async function differing(git: Git, commit: string, from: readonly string[]) {
  if (from.length === 0) return filesIn(git, commit);
  const lists = await Promise.all(
    from.map(async (one) =>
      listed(await git(['diff-tree', '-r', '-z', '--no-renames', '--name-only', one, commit])),
    ),
  );
  return lists.reduce((common, list) => common.filter((path) => list.includes(path)));
}

/** Documents of some files; new are those that none of some commits has under any name. */
export async function needsOf(
  git: Git,
  { files, before, rules }: { files: readonly string[]; before: readonly string[]; rules: Rules },
): Promise<Needs> {
  const asked = new Set(files.flatMap((path) => documentOf(path, rules) ?? []));
  if (asked.size === 0) return new Map();
  const existing = new Set<string>();
  for (const commit of before) {
    for (const path of await filesIn(git, commit)) existing.add(documentOf(path, rules) ?? '');
  }
  return new Map([...asked].map((name) => [name, { isNew: !existing.has(name) }]));
}

/** What the leases of a remote are. */
export async function leasesOn(remote: Git): Promise<Map<string, Lease>> {
  const root = 'refs/lazyspec/leases/';
  const listing = await remote(['for-each-ref', '--format=%(refname)', root]);
  const refs = listing.split('\n').filter(Boolean);
  const records = await blobs(
    remote,
    refs.map((ref) => `${ref}:lease.json`),
  );
  const leases = new Map<string, Lease>();
  for (const [index, ref] of refs.entries()) {
    const { agent, expires } = JSON.parse(records[index] ?? '');
    const seconds = typeof expires === 'number' ? expires : Date.parse(expires) / 1000;
    leases.set(ref.slice(root.length), { agent, expires: seconds });
  }
  return leases;
}

/** The documents that an agent would need a lease on and has none, by id, sorted. */
export function lacking(
  needs: Needs,
  { agent, leases, rules }: { agent: string; leases: Map<string, Lease>; rules: Rules },
): string[] {
  const isMine = (lease?: Lease) => lease?.agent === agent && lease.expires > Date.now() / 1000;
  const holdsAny = [...leases.values()].some(isMine);
  const lacks = [...needs].filter(([name, { isNew }]) => {
    if (isNew && rules.create === 'off') return false;
    if (isNew && rules.create === 'any' && !leases.has(name)) return !holdsAny;
    return !isMine(leases.get(name));
  });
  return lacks.map(([name]) => name.replace(/^.*\//, '')).sort();
}

/** Histories of two people, and what a push by one of them would need a lease for. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Clone } from '../../helpers/sandbox.ts';
import type { Person } from '../../helpers/served.ts';
import { Served } from '../../helpers/served.ts';
import { refusedIds } from '../hooks/guarded.ts';

export const D1 = 'docs/rfcs/RFC-001-mine.md';
export const D2 = 'docs/rfcs/RFC-002-theirs.md';
export const D7 = 'docs/rfcs/RFC-007-foreign.md';

const BEGIN = {
  '.lazyspec.toml': '[coordination]\nremote = "origin"\n',
  [D1]: 'one\n',
  [D2]: 'two\n',
  'README.md': '# Project\n',
};

/** A remote without a hook, until the push that is judged; ada pushes, and holds no lease. */
export class World {
  readonly served: Served;
  readonly ada: Person;
  readonly bob: Person;

  private constructor(served: Served, ada: Person, bob: Person) {
    this.served = served;
    this.ada = ada;
    this.bob = bob;
  }

  static async create(): Promise<World> {
    const served = await Served.create(BEGIN);
    served.unprotect();
    return new World(served, await served.person('ada'), await served.person('bob'));
  }

  /** Someone's commit on top of a branch of the remote, or of another one there, pushed. */
  async commit(who: Person, branch: string, files: Record<string, string>, from = branch) {
    await who.git('fetch', '--quiet', 'origin');
    await who.git('checkout', '--quiet', '-B', branch, `origin/${from}`);
    await who.commit(files, `${who.name}: ${Object.keys(files).join(', ')}`);
    await this.push(who, branch);
  }

  /** Past every hook. */
  async push(who: Person, ...refspecs: string[]): Promise<void> {
    await who.git('push', '--quiet', '--no-verify', '--force', 'origin', ...refspecs);
  }

  /** ada at a branch as it is on the remote. */
  async at(branch: string): Promise<void> {
    await this.ada.git('fetch', '--quiet', 'origin');
    await this.ada.git('checkout', '--quiet', '-B', branch, `origin/${branch}`);
  }

  async merge(...args: string[]): Promise<void> {
    await this.ada.git('merge', '--quiet', '--no-edit', '--no-verify', ...args);
  }

  /** A clone of another project, whose documents have the same names. */
  async foreign(files: Record<string, string> = { [D1]: 'foreign\n', [D2]: 'foreign\n' }) {
    const { sandbox } = this.served;
    const clone = new Clone(sandbox, join(sandbox.folder, 'foreign'));
    mkdirSync(clone.path);
    await clone.git('init', '--quiet');
    clone.write({ 'lib.ts': 'x\n', ...files });
    await clone.git('add', '--all');
    await clone.git('commit', '--quiet', '--message', 'Foreign');
    await this.ada.git('fetch', '--quiet', clone.path, '+HEAD:refs/foreign');
    return clone;
  }

  /** The documents that pre-push refuses; `clone` is that of ada if none is given. */
  async prePush(refspec: string): Promise<string[]> {
    const [from = '', to = ''] = refspec.replace(/^\+/, '').split(':');
    const next = await this.ada.git('rev-parse', from);
    const old = (await this.served.at(`refs/heads/${to}`)) || '0'.repeat(next.length);
    const ran = await this.ada.hooks(['run', 'pre-push', 'origin', this.served.remote], {
      input: `${from} ${next} refs/heads/${to} ${old}\n`,
    });
    return told(ran);
  }

  /** The documents that the server refuses, of a real push. */
  async server(refspec: string): Promise<string[]> {
    this.served.protect();
    const full = refspec.replace(':', ':refs/heads/');
    const ran = await this.ada.push(['--no-verify', 'origin', full]);
    this.served.unprotect();
    return told(ran);
  }
}

function told(ran: Awaited<ReturnType<Person['push']>>): string[] {
  const ids = [...new Set(refusedIds(ran))];
  if ((ran.status === 0) !== (ids.length === 0)) throw new Error(ran.stderr);
  return ids;
}

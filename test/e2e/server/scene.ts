/** What stands on a server before it is attacked: documents, and the leases of two accounts. */
import { randomBytes } from 'node:crypto';
import { now } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';
import type { Rival, Server } from '../../helpers/servers/server.ts';
import { cloneAs, RIVALS } from '../../helpers/servers/server.ts';
import type { Entry } from './forge.ts';
import { Forge } from './forge.ts';

export const HOUR = 3600;
export const CONFIGURATION = '[coordination]\nremote = "origin"\ngrace_period = "30m"\n';

export const FREE = 'RFC-003';
/** Renewed some minutes ago. */
export const HELD: Record<Rival, string> = { alice: 'RFC-001', bob: 'RFC-002' };
/** Run out a minute ago: the grace period still protects it. */
export const LAPSED: Record<Rival, string> = { alice: 'RFC-011', bob: 'RFC-012' };
/** Run out a day ago: whoever wants it may take it over. */
export const ABANDONED: Record<Rival, string> = { alice: 'RFC-021', bob: 'RFC-022' };
/** Its record is no JSON. */
export const MALFORMED = 'RFC-031';

export const leaseRef = (id: string) => `refs/lazyspec/leases/rfc/${id}`;
export const path = (id: string) => `docs/rfcs/${id}-title.md`;

const ALL = [HELD, LAPSED, ABANDONED].flatMap((one) => Object.values(one));
const DOCUMENTS = [FREE, MALFORMED, 'RFC-004', ...ALL];

export interface Scene {
  me: Rival;
  other: Rival;
  /** Of the attacker; it has all that is on the server. */
  clone: Clone;
  forge: Forge;
  /** The tip of the default branch, and an older state of it: since then the free document changed. */
  main: string;
  older: string;
  /** The tip of another branch, which has changed the free document since `older`. */
  dev: string;
  /** Commit of the lease on a document. */
  leaseOn(id: string): string;
}

/** A sandbox whose remote has all of it. */
export async function plantedSandbox(): Promise<Sandbox> {
  const texts = DOCUMENTS.map((id) => [path(id), `# ${id}\n\nOne.\nTwo.\nThree.\n`]);
  const sandbox = await Sandbox.create({
    '.lazyspec.toml': CONFIGURATION,
    'README.md': '# Project\n',
    ...Object.fromEntries(texts),
  });
  const forge = new Forge(sandbox, sandbox.remote);
  const put = (ref: string, commit: string) =>
    sandbox.git(sandbox.remote, 'update-ref', ref, commit);
  const older = await sandbox.git(sandbox.remote, 'rev-parse', 'main');
  const files = { [path(FREE)]: `# ${FREE}\n\nOne.\nTwo, as it is now.\nThree.\n` };
  await put('refs/heads/main', await forge.commit({ parents: [older], files }));
  const dev = { [path(FREE)]: `# ${FREE}\n\nOne, on dev.\nTwo.\nThree.\n` };
  await put('refs/heads/dev', await forge.commit({ parents: [older], files: dev }));
  for (const account of RIVALS) {
    await put(leaseRef(HELD[account]), await forge.commit(lease(account, { age: 600 })));
    await put(leaseRef(LAPSED[account]), await forge.commit(lease(account, { age: HOUR + 60 })));
    await put(leaseRef(ABANDONED[account]), await forge.commit(lease(account, { age: 24 * HOUR })));
  }
  await put(leaseRef(MALFORMED), await forge.commit({ files: { 'lease.json': 'not JSON' } }));
  return sandbox;
}

export interface Dated {
  /** Seconds since it was written, by its own account. */
  age?: number;
  ttl?: number;
  /** Instead of what age and ttl tell. */
  record?: Record<string, unknown>;
  /** Beside `lease.json`. */
  files?: Record<string, Entry>;
}

/** A lease as the programs write it, but for what is asked for. */
export function lease(agent: string, { age = 0, ttl = HOUR, record, files }: Dated = {}) {
  const date = now() - age;
  const dates = { acquired: date, expires: date + ttl, ttl };
  const nonce = randomBytes(16).toString('hex');
  const text = `${JSON.stringify({ agent, ...dates, nonce, ...record }, null, 2)}\n`;
  return { date, files: { 'lease.json': text, ...files } };
}

/** The scene as the attacker finds it. */
export async function sceneFor(sandbox: Sandbox, server: Server, me: Rival): Promise<Scene> {
  const clone = await cloneAs(sandbox, server, me);
  const other = RIVALS.find((one) => one !== me) ?? me;
  await clone.git('fetch', '--quiet', 'origin', 'refs/lazyspec/*:refs/lazyspec/*');
  const lines = await clone.git('for-each-ref', '--format=%(refname) %(objectname)');
  const oids = new Map(lines.split('\n').map((line) => line.split(' ') as [string, string]));
  const at = (ref: string) => oids.get(ref) ?? '';
  return {
    ...{ me, other, clone, forge: new Forge(sandbox, clone.path) },
    main: at('refs/heads/main'),
    older: await clone.git('rev-parse', 'main~1'),
    dev: at('refs/remotes/origin/dev'),
    leaseOn: (id) => at(leaseRef(id)),
  };
}

/** Every ref of the server, with what it points at. */
export function refsOf(sandbox: Sandbox, { repository }: Server): Promise<string> {
  const format = '--format=%(objectname) %(refname) %(symref)';
  return sandbox.git(repository, 'for-each-ref', format);
}

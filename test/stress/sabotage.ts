// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what is edited is source text
/**
 * The program with one of its guards taken away, as text in its sources: what the races and their
 * checker are worth is that they notice each.
 */
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE, run } from '../helpers/sandbox.ts';
import type { Kind } from './world.ts';

export interface Sabotage {
  name: string;
  /** Below src. */
  file: string;
  /** Exact text, and what stands in its place. */
  edits: [string, string][];
  kind: Kind;
}

const LEASES_EXPECTED =
  "...changes.map(({ ref, expected }) => `--force-with-lease=${ref}:${expected ?? ''}`),";
const PUSHED = "...changes.map(({ ref, next }) => `${next ?? ''}:${ref}`),";
const FORCED = "...changes.map(({ ref, next }) => `${next ? '+' : ''}${next ?? ''}:${ref}`),";

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'a push that expects nothing',
    file: 'git/remote.ts',
    edits: [
      [LEASES_EXPECTED, ''],
      [PUSHED, FORCED],
    ],
    kind: 'path',
  },
  {
    name: 'check, then write',
    file: 'git/remote.ts',
    edits: [
      [
        'if (changes.length === 0) return',
        `await fetch(changes.map(({ ref }) => ref));
    const seen = await store.read(changes.map(({ ref }) => ref));
    const there = new Map(seen.map(({ ref, oid }) => [ref, oid]));
    if (changes.some(({ ref, expected }) => there.get(ref) !== expected)) return { kind: 'stale' };
    if (changes.length === 0) return`,
      ],
      [LEASES_EXPECTED, ''],
      [PUSHED, FORCED],
    ],
    kind: 'http',
  },
  {
    name: 'a release that expects nothing',
    file: 'git/remote.ts',
    edits: [
      [LEASES_EXPECTED, LEASES_EXPECTED.replace('changes', 'changes.filter((one) => one.next)')],
    ],
    kind: 'path',
  },
  {
    name: 'a transaction that expects nothing',
    file: 'git/plumbing.ts',
    edits: [
      ['if (expected === undefined) return `create ${ref} ${next}`', ''],
      ['`delete ${ref} ${expected}`', '`delete ${ref}`'],
      ['`update ${ref} ${next} ${expected}`', '`update ${ref} ${next}`'],
    ],
    kind: 'worktrees',
  },
  {
    name: 'several documents one by one',
    file: 'git/remote.ts',
    edits: [["changes.length > 1 ? ['--atomic'] : []", '[]']],
    kind: 'daemon',
  },
  {
    name: 'a nonce that is always the same',
    file: 'lease/engine.ts',
    edits: [["randomBytes(16).toString('hex')", "randomBytes(16).fill(0).toString('hex')"]],
    kind: 'path',
  },
  {
    name: 'a lost swap taken for a success',
    file: 'lease/engine.ts',
    edits: [
      [
        "outcome.kind === 'applied' ||",
        "outcome.kind === 'applied' || outcome.kind === 'stale' ||",
      ],
    ],
    kind: 'ssh',
  },
  {
    name: 'a refusal without a fresh look',
    file: 'lease/engine.ts',
    edits: [['if (fresh) return { refused', 'return { refused']],
    kind: 'path',
  },
  {
    name: 'a heartbeat that creates',
    file: 'lease/decide.ts',
    edits: [
      [
        "if (view.state === 'absent' || view.lease.agent !== asker.agent) {",
        "if (view.state === 'absent') return grant(asker, undefined, {});\n  if (view.lease.agent !== asker.agent) {",
      ],
    ],
    kind: 'path',
  },
  {
    name: "a heartbeat that renews anybody's lease",
    file: 'lease/decide.ts',
    edits: [
      ["view.state === 'absent' || view.lease.agent !== asker.agent", "view.state === 'absent'"],
    ],
    kind: 'path',
  },
  {
    name: "a release of anybody's lease",
    file: 'lease/decide.ts',
    edits: [["if (view.lease.agent !== agent) return refuse('NOT_HOLDER', view);", '']],
    kind: 'path',
  },
  {
    name: 'an administrator who looks at no name',
    file: 'lease/decide.ts',
    edits: [
      [
        "return { ...refuse('NOT_HOLDER', view), expectedHolder };",
        "return { action: 'delete', expected: view.commit };",
      ],
    ],
    kind: 'path',
  },
  {
    name: 'a renewal that is a new claim',
    file: 'lease/decide.ts',
    edits: [['acquired: previous.acquired,', 'acquired: now,']],
    kind: 'path',
  },
  {
    name: 'a takeover at once',
    file: 'lease/takeover.ts',
    edits: [['allowed: byObservation ||', 'allowed: true ||']],
    kind: 'path',
  },
  {
    name: 'a takeover without grace',
    file: 'lease/takeover.ts',
    edits: [
      ['end + policy.gracePeriod', 'end'],
      ['ttl + policy.gracePeriod', 'ttl'],
    ],
    kind: 'path',
  },
  {
    name: 'a gate that asks the copy of the clone',
    file: 'commands/gate.ts',
    edits: [
      [
        "engine.remote.fetch(creates ? 'all' : refs, settings.timeout * 1000).then(",
        "Promise.resolve(creates ? 'all' : refs).then(",
      ],
    ],
    kind: 'path',
  },
  {
    name: 'a gate that overlooks expiry',
    file: 'lease/gate.ts',
    edits: [['now <= view.lease.expires', 'now >= 0']],
    kind: 'path',
  },
];

/** @throws {RangeError} where the source has changed so that the guard is not found any more */
export function sabotaged({ file, edits }: Sabotage, source: string): string {
  let text = source;
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new RangeError(`src/${file} has no ${from}`);
    text = text.replace(from, () => to);
  }
  return text;
}

/** Builds the program from a copy of its sources. @returns its folder */
export async function build(sabotage: Sabotage): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lazyspec-sabotage-'));
  for (const name of ['src', 'scripts', 'schemas', 'install.ts', 'package.json', 'tsconfig.json']) {
    cpSync(join(PACKAGE, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(PACKAGE, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, 'src', sabotage.file);
  writeFileSync(path, sabotaged(sabotage, readFileSync(path, 'utf8')));
  const built = await run(process.execPath, ['scripts/build.js'], {
    cwd: folder,
    env: process.env,
  });
  if (built.status !== 0) throw new Error(built.stderr);
  return folder;
}

/**
 * Leases as ill will would write them, planted into the remote through git's plumbing: no client,
 * and no hook, stands between.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOSTILE_TEXTS } from './hostile-text.ts';
import { leaseOf, now } from './leases.ts';
import type { Sandbox } from './sandbox.ts';
import { run } from './sandbox.ts';

const LEASES = 'refs/lazyspec/leases';

export interface Planted {
  /** What is hostile about it. */
  name: string;
  ref: string;
  /** The document, where the ref is one's. */
  id?: string;
  state: 'live' | 'expired' | 'malformed';
}

interface RawLease {
  ref: string;
  content: string | Buffer;
  /** The line in the tree, before the path. */
  mode?: string;
  who?: string;
  date?: string;
  message?: string | Buffer;
}

/** Writes any number of leases in one process. */
export async function importLeases(sandbox: Sandbox, leases: Iterable<RawLease>): Promise<void> {
  const parts: Buffer[] = [];
  const data = (content: string | Buffer) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    parts.push(Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n'));
  };
  for (const { ref, content, mode = '100644', ...commit } of leases) {
    const who = `${commit.who ?? 'agent-b'} <b@x.invalid> ${commit.date ?? now()} +0000`;
    parts.push(Buffer.from(`reset ${ref}\n\ncommit ${ref}\ncommitter ${who}\n`));
    data(commit.message ?? 'lease\n');
    parts.push(Buffer.from(`M ${mode} inline lease.json\n`));
    data(content);
  }
  parts.push(Buffer.from('done\n'));
  const args = ['fast-import', '--quiet', '--done', '--force', '--date-format=raw-permissive'];
  await git(sandbox, args, Buffer.concat(parts));
}

async function git(sandbox: Sandbox, args: string[], input: string | Buffer = ''): Promise<string> {
  const ran = await run('git', args, { cwd: sandbox.remote, env: sandbox.env, input });
  if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
  return ran.stdout.trim();
}

/** Records that nobody may take for a lease. */
function malformedContents(): Record<string, string | Buffer> {
  const good = leaseOf('agent-b');
  const json = JSON.stringify(good);
  const without = (text: string) => json.replace(/"agent-b"/, text);
  return {
    'an empty file': '',
    'nothing but NULs': Buffer.alloc(100),
    'one byte more than 8 KiB': padded(8 * 1024 + 1),
    '100 MB, compressible': Buffer.alloc(100 * 1024 * 1024, ' '),
    'JSON a million deep': '['.repeat(1_000_000) + ']'.repeat(1_000_000),
    'JSON 4,000 deep, within 8 KiB': '['.repeat(4000) + ']'.repeat(4000),
    'an array': `[${json}]`,
    'a string': '"lease"',
    'null itself': 'null',
    'no end': json.slice(0, -1),
    'trailing garbage': `${json}x`,
    'two values': `${json}${json}`,
    'a byte order mark twice': `\ufeff\ufeff${json}`,
    'comments as in JSON5': `/* */${json}`,
    'NaN for a time': json.replace(/"acquired":\d+/, '"acquired":NaN'),
    '1e400 for a time': json.replace(/"acquired":\d+/, '"acquired":1e400'),
    'a time before 1970': json.replace(/"acquired":\d+/, '"acquired":-1'),
    'a time with a fraction': json.replace(/"acquired":\d+/, '"acquired":1.5'),
    'a time beyond all time': json.replace(/"expires":\d+/, '"expires":253402300800'),
    'a time of 400 digits': json.replace(/"expires":\d+/, `"expires":${'9'.repeat(400)}`),
    'digits in quotes for a time': json.replace(/"expires":(\d+)/, '"expires":"$1"'),
    'a date that is none': json.replace(/"expires":\d+/, '"expires":"2026-99-99T99:99:99Z"'),
    'an object for a time': json.replace(/"expires":\d+/, '"expires":{"valueOf":1}'),
    'no times': '{"agent":"agent-b"}',
    'a text for ttl': json.replace('{', '{"ttl":"3600",'),
    'a negative ttl': json.replace('{', '{"ttl":-1,'),
    'an endless ttl': json.replace('{', '{"ttl":1e300,'),
    'no agent': without('null'),
    'a number for the agent': without('7'),
    'an empty agent': without('""'),
    'a blank agent': without('"   "'),
    'an agent of 201 characters': without(`"${'x'.repeat(201)}"`),
    'an agent in __proto__': without('null').replace('{', '{"__proto__":{"agent":"agent-a"},'),
    'an agent in constructor': '{"constructor":{"prototype":{"agent":"agent-a"}}}',
    'two agents': json.replace('}', ',"agent":"agent-a"}'),
    'two agents, one escaped': json.replace('}', ',"\\u0061gent":"agent-a"}'),
    'two expiries': json.replace('}', ',"expires":253402300799}'),
    'invalid UTF-8': Buffer.concat([Buffer.from(without('"a')), Buffer.from([0xff, 0xfe])]),
    'overlong UTF-8': raw(json, [0xc0, 0xaf]),
    'a surrogate in UTF-8': raw(json, [0xed, 0xa0, 0x80]),
    'Latin-1': raw(json, [0xe9]),
    'UTF-16': Buffer.from(`\ufeff${json}`, 'utf16le'),
    'an HTML page': '<html>Please log in</html>',
    'a conflict': `<<<<<<< ours\n${json}\n=======\n${json}\n>>>>>>> theirs\n`,
    'an escape, raw': without('"\u001b[2J"'),
    ...Object.fromEntries(
      Object.entries(HOSTILE_TEXTS)
        .filter(([, text]) => /\p{Cc}/u.test(text))
        .map(([name, text]) => [`${name} in the agent`, JSON.stringify(leaseOf(text))]),
    ),
  };
}

/** A record whose agent ends in some bytes. */
function raw(json: string, bytes: number[]): Buffer {
  const [before = '', after = ''] = json.split('agent-b');
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
}

function padded(size: number): string {
  const json = JSON.stringify({ ...leaseOf('agent-b'), pad: '' });
  return json.replace('"pad":""', `"pad":"${'x'.repeat(size - json.length)}"`);
}

/** Records that are leases, with texts in them that must not get through. */
function hostileContents(): Record<string, string> {
  const lease = (more: object) => JSON.stringify({ ...leaseOf('agent-b'), ...more });
  const everywhere = (text: string) => ({ host: text, worktree: text, branch: text, note: text });
  return {
    'exactly 8 KiB': padded(8 * 1024),
    'a note of 7 KiB': lease({ note: 'x'.repeat(7000) }),
    'a note of 7 KiB of marks': lease({ note: 'e\u0301'.repeat(2000) }),
    'wide characters': lease({ agent: '仕様-😀-👩‍💻', note: '仕様'.repeat(100) }),
    'minus zero': lease({}).replace(/"acquired":\d+/, '"acquired":-0'),
    'keys of Object.prototype': `{"__proto__":{"x":1},"constructor":1,"toString":2,"hasOwnProperty":3,${lease({}).slice(1)}`,
    'numbers for texts': lease({ host: 1, worktree: {}, branch: [], note: true }),
    'an unknown key of escapes': lease({ '\u001b[2J': '\u001b[2J' }),
    'an agent that is an option': lease({ agent: '--all' }),
    'an agent that is a command': lease({ agent: "$(touch ran)`touch ran`'; touch ran; '" }),
    'no end of digits of a second': lease({ expires: `2099-01-01T00:00:00.${'9'.repeat(5000)}Z` }),
    ...Object.fromEntries(
      Object.entries(HOSTILE_TEXTS).map(([name, text]) => [
        `${name} in texts`,
        lease(everywhere(text)),
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(HOSTILE_TEXTS)
        .filter(([, text]) => !/\p{Cc}/u.test(text) && [...text].length <= 200)
        .map(([name, text]) => [`${name} in the agent`, lease({ agent: text })]),
    ),
  };
}

/** Refs below the leases that name no document, each with a lease that would be good. */
const ODD_REFS: Record<string, string> = {
  'a level too few': 'stray',
  'a level too many': 'rfc/deep/RFC-001',
  'six levels': 'a/b/c/d/e/f',
  'a lower-case prefix': 'rfc/rfc-001',
  'a type that is not configured': 'nothing/RFC-001',
  'a bidi override': 'rfc/RFC-\u202e100',
  'a C1 control': 'rfc/RFC-\u009b2J',
  'a zero-width space': 'rfc/RFC-001\u200b',
  'one normal form': 'rfc/RFC-\u00e9',
  'another normal form': 'rfc/RFC-e\u0301',
  'a name like an option': 'rfc/--upload-pack=touch',
  'a name like pathspec magic': 'rfc/!(top)RFC-001',
  'a name like a shell command': "rfc/RFC-1;touch$IFS'ran;'`touch`$(touch)",
  'a name of 240 characters': `rfc/RFC-${'1'.repeat(236)}`,
  'a number spelt otherwise': 'rfc/RFC-01',
};

/** Everything at once. @returns all that is on the remote below the lease refs */
export async function plantEverything(sandbox: Sandbox): Promise<Planted[]> {
  const planted: Planted[] = [];
  const leases: RawLease[] = [];
  const documents = (
    start: number,
    contents: Record<string, string | Buffer>,
    state: Planted['state'],
  ) => {
    for (const [index, [name, content]] of Object.entries(contents).entries()) {
      const id = `RFC-${start + index}`;
      planted.push({ name, id, ref: `${LEASES}/rfc/${id}`, state });
      leases.push({ ref: `${LEASES}/rfc/${id}`, content });
    }
  };
  documents(1000, malformedContents(), 'malformed');
  documents(2000, hostileContents(), 'live');
  const good = JSON.stringify(leaseOf('agent-b'));
  for (const [name, path] of Object.entries(ODD_REFS)) {
    planted.push({
      name,
      ref: `${LEASES}/${path}`,
      state: /^[^/]+\/[^/]+$/.test(path) ? 'live' : 'malformed',
    });
    leases.push({ ref: `${LEASES}/${path}`, content: good });
  }
  let next = 3000;
  const document = (name: string, state: Planted['state'], raw: Partial<RawLease> = {}) => {
    const id = `RFC-${next++}`;
    const ref = `${LEASES}/rfc/${id}`;
    planted.push({ name, id, ref, state });
    leases.push({ ref, content: good, ...raw });
    return ref;
  };
  document('a symbolic link', 'malformed', { mode: '120000', content: 'lease.json' });
  document('an executable file', 'live', { mode: '100755' });
  document('a committer of escapes', 'live', { who: '\u001b[2J\u202e' });
  document('a message of escapes', 'live', {
    message: '\u001b[2J\u001b]52;c;eA==\u0007\u0000\u202e\n',
  });
  document('a message of 4 MB', 'live', { message: Buffer.alloc(4 * 1024 * 1024, 'x') });
  document('a message in no encoding', 'live', { message: Buffer.from([0xff, 0xfe, 0x0a]) });
  await importLeases(sandbox, leases);

  // What fast-import would not write.
  const blob = await git(sandbox, ['hash-object', '-w', '--stdin'], good);
  const tree = await git(sandbox, ['mktree'], `100644 blob ${blob}\tlease.json\n`);
  const objects: Record<string, [state: Planted['state'], oid: string]> = {};
  const commit = async (
    treeOf: string,
    headers = `agent-b <b@x.invalid> ${now()} +0000`,
    more = '',
  ) =>
    literally(
      sandbox,
      'commit',
      `tree ${treeOf}\nauthor ${headers}\ncommitter ${headers}\n${more}\nlease\n`,
    );
  const holding = async (entry: string) =>
    commit(await git(sandbox, ['mktree', '--missing'], entry));
  objects['a tree'] = ['malformed', tree];
  objects['a blob'] = ['malformed', blob];
  const plain = await commit(tree);
  const tag = `object ${plain}\ntype commit\ntag x\ntagger a <a@x> ${now()} +0000\n\nx\n`;
  objects['a tag'] = ['malformed', await literally(sandbox, 'tag', tag)];
  objects['an empty tree'] = ['malformed', await commit(await git(sandbox, ['mktree'], ''))];
  objects['a folder called lease.json'] = [
    'malformed',
    await holding(`040000 tree ${tree}\tlease.json\n`),
  ];
  objects['a submodule called lease.json'] = [
    'malformed',
    await holding(`160000 commit ${plain}\tlease.json\n`),
  ];
  objects['a lease in another case'] = [
    'malformed',
    await holding(`100644 blob ${blob}\tLEASE.JSON\n`),
  ];
  const crowd = Array.from({ length: 50_000 }, (_, index) => `100644 blob ${blob}\tf${index}\n`);
  objects['a tree of 50,000 files'] = [
    'malformed',
    await holding(`${crowd.join('')}100644 blob ${blob}\tlease.json\n`),
  ];
  objects['a date of 20 digits'] = [
    'malformed',
    await commit(tree, 'a <a@x> 99999999999999999999 +0000'),
  ];
  objects['a date that is none'] = ['malformed', await commit(tree, 'a <a@x> yesterday +0000')];
  objects['a negative date'] = ['malformed', await commit(tree, 'a <a@x> -5 +0000')];
  objects['no date'] = ['malformed', await commit(tree, 'a <a@x>')];
  objects['a zone beyond the earth'] = ['live', await commit(tree, `a <a@x> ${now()} +9999999`)];
  objects['a signature that is none'] = [
    'live',
    await commit(
      tree,
      undefined,
      'gpgsig -----BEGIN PGP SIGNATURE-----\n \n \u001b[2J\n -----END PGP SIGNATURE-----\n',
    ),
  ];
  objects['an encoding that is none'] = [
    'live',
    await commit(tree, undefined, 'encoding \u001b[2J\n'),
  ];
  objects['a date in the year 2100'] = [
    'live',
    await commit(tree, `a <a@x> ${4_102_444_800} +0000`),
  ];
  const updates: string[] = [];
  for (const [name, [state, oid]] of Object.entries(objects)) {
    const id = `RFC-${next++}`;
    const ref = `${LEASES}/rfc/${id}`;
    planted.push({ name, id, ref, state });
    updates.push(`create ${ref} ${oid}\n`);
  }
  await git(sandbox, ['update-ref', '--stdin'], updates.join(''));
  return planted;
}

async function literally(sandbox: Sandbox, type: string, content: string): Promise<string> {
  return git(sandbox, ['hash-object', '-t', type, '-w', '--stdin', '--literally'], content);
}

/** Writes a ref as no git would: at an object that is not there, or where others are in its way. */
export async function packRef(repository: string, ref: string, oid: string): Promise<void> {
  const file = join(repository, 'packed-refs');
  if (!existsSync(file)) writeFileSync(file, '# pack-refs with: peeled fully-peeled \n');
  if (readFileSync(file, 'utf8').includes(' sorted')) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(' sorted', ''));
  }
  appendFileSync(file, `${oid} ${ref}\n`);
}

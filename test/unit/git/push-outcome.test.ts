import { describe, expect, it } from '@jest/globals';
import { pushOutcome } from '../../../src/git/push-outcome.ts';
import type { RefChange } from '../../../src/git/ref-store.ts';
import type { GitResult } from '../../../src/git/run.ts';

const REF = 'refs/lazyspec/leases/rfc/RFC-001';
const REF_2 = 'refs/lazyspec/leases/rfc/RFC-002';
const OLD = '1'.repeat(40);
const NEW = '2'.repeat(40);
const CHANGE: RefChange = { ref: REF, expected: OLD, next: NEW };
const BOTH: RefChange[] = [CHANGE, { ref: REF_2, expected: undefined, next: NEW }];

interface Pushed {
  ended?: GitResult['ended'];
  status?: number;
  /** Status lines: flag, ref and summary. */
  lines?: [flag: string, ref: string, summary: string][];
  stderr?: string;
  /** Whether the server had answered at all. */
  connected?: boolean;
}

const CONNECTED = '{"event":"data","key":"negotiated-version","value":"2"}\n';

function outcome(
  { ended = 'exit', status = 1, lines = [], stderr = '', connected = false }: Pushed,
  changes: readonly RefChange[] = [CHANGE],
) {
  const told = lines.map(([flag, ref, summary]) => `${flag}\t${NEW}:${ref}\t${summary}\n`);
  const stdout = told.length > 0 ? `To /remote.git\n${told.join('')}Done\n` : '';
  const trace = connected ? CONNECTED : '';
  return pushOutcome({ ended, status, stdout: Buffer.from(stdout), stderr, trace }, changes);
}

/** A push that one reason made fail, with what the server said of it. */
const rejected = (summary: string, stderr = '') =>
  outcome({ lines: [['!', REF, summary]], stderr });

describe('a push that went through', () => {
  it.each([
    ['*', '[new reference]'],
    ['+', '1111111...2222222 (forced update)'],
    ['-', '[deleted]'],
    ['=', '[up to date]'],
  ])('is applied when the status line starts with %s', (flag, summary) => {
    expect(outcome({ status: 0, lines: [[flag, REF, summary]] })).toEqual({ kind: 'applied' });
  });

  it('is applied as a deletion, whose line names no object', () => {
    const stdout = Buffer.from(`To /remote.git\n-\t:${REF}\t[deleted]\nDone\n`);
    const result = { ended: 'exit' as const, status: 0, stdout, stderr: '', trace: '' };
    const change = { ref: REF, expected: OLD, next: undefined };
    expect(pushOutcome(result, [change])).toEqual({ kind: 'applied' });
  });

  it('is applied when every ref has its line, in whatever order', () => {
    const lines: Pushed['lines'] = [
      ['*', REF_2, '[new reference]'],
      ['+', REF, '1111111...2222222 (forced update)'],
    ];
    expect(outcome({ status: 0, lines }, BOTH)).toEqual({ kind: 'applied' });
  });

  it.each([
    ['no line at all', []],
    ['no line for one of the refs', [['*', REF, '[new reference]']]],
    ['a line for another ref only', [['*', `${REF}x`, '[new reference]']]],
    [
      'a flag that means something else',
      [
        ['*', REF, '[new reference]'],
        ['?', REF_2, '[what]'],
      ],
    ],
  ] as [string, Pushed['lines']][])(
    'is unknown with %s, though git says success',
    (_what, lines) => {
      expect(outcome({ status: 0, lines: lines ?? [] }, BOTH)).toEqual({
        kind: 'unknown',
        detail: 'git push did not say what became of every ref',
        cancelled: false,
      });
    },
  );
});

describe('a push that lost the race', () => {
  it('is stale when the ref was seen to differ before anything was sent', () => {
    expect(rejected('[rejected] (stale info)')).toEqual({ kind: 'stale' });
  });

  it('is stale when another ref of the same push was', () => {
    const lines: Pushed['lines'] = [
      ['!', REF, '[rejected] (atomic push failed)'],
      ['!', REF_2, '[rejected] (stale info)'],
    ];
    expect(outcome({ lines }, BOTH)).toEqual({ kind: 'stale' });
  });

  it.each([
    `remote: error: cannot lock ref '${REF}': is at ${NEW} but expected ${OLD}        `,
    `remote: error: cannot lock ref '${REF}': reference already exists        `,
    `remote: error: cannot lock ref '${REF}': unable to resolve reference '${REF}'        `,
  ])('is stale when the server says: %s', (stderr) => {
    for (const summary of ['failed to update ref', 'atomic transaction failed']) {
      expect(rejected(`[remote rejected] (${summary})`, stderr)).toEqual({ kind: 'stale' });
    }
  });

  it('is contended when the lock was busy', () => {
    const stderr = `remote: error: cannot lock ref '${REF}': Unable to create '/r/${REF}.lock': File exists.`;
    expect(rejected('[remote rejected] (failed to update ref)', stderr)).toEqual({
      kind: 'contended',
      detail: stderr,
    });
  });

  it('is contended, so that it is tried again, when the server keeps the cause to itself', () => {
    expect(rejected('[remote rejected] (failed to update ref)')).toEqual({
      kind: 'contended',
      detail: 'failed to update ref',
    });
    expect(rejected('[remote rejected] (failed to lock)')).toMatchObject({ kind: 'contended' });
  });
});

describe('a push that was refused', () => {
  it.each(['pre-receive hook declined', 'hook declined', 'deletion prohibited', 'funny refname'])(
    'is refused when the server says "%s", with what its hook printed',
    (reason) => {
      const stderr =
        'remote: \nremote: leases are closed today        \nerror: failed to push some refs to /r';
      expect(rejected(`[remote rejected] (${reason})`, stderr)).toEqual({
        kind: 'refused',
        reason,
        details: ['remote: leases are closed today'],
      });
    },
  );

  it('is refused, not lost, when a ref above or below is in the way', () => {
    const stderr = `remote: error: cannot lock ref '${REF}': 'refs/lazyspec/leases/rfc' exists; cannot create '${REF}'`;
    expect(rejected('[remote rejected] (atomic transaction failed)', stderr)).toEqual({
      kind: 'refused',
      reason: 'atomic transaction failed',
      details: [stderr],
    });
  });

  it('is refused whatever words of a hook look like a lost race', () => {
    const stderr = 'remote: reference already exists, says the hook';
    const said = rejected('[remote rejected] (pre-receive hook declined)', stderr);
    expect(said).toMatchObject({ kind: 'refused' });
  });
});

describe('a push that reached nobody', () => {
  it.each([
    ['REMOTE_UNREACHABLE', "fatal: unable to access 'http://h/': Failed to connect to h port 80"],
    ['REMOTE_UNREACHABLE', 'ssh: connect to host h port 22: Connection timed out'],
    ['REMOTE_AUTH', "fatal: could not read Username for 'http://h': terminal prompts disabled"],
    ['REMOTE_AUTH', 'git@h: Permission denied (publickey).'],
    ['REMOTE_AUTH', 'Host key verification failed.'],
    ['REMOTE_NOT_FOUND', "fatal: '/gone' does not appear to be a git repository"],
    ['REMOTE_NOT_FOUND', 'ERROR: Repository not found.'],
  ])('is unreachable as %s when git says: %s', (code, line) => {
    const stderr = `${line}\nfatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.\n`;
    expect(outcome({ status: 128, stderr })).toEqual({ kind: 'unreachable', code, detail: line });
  });

  it('is not judged by what else was said once the server has answered', () => {
    const stderr = 'Connection closed by 192.0.2.1 port 22';
    const lines: Pushed['lines'] = [
      ['!', REF, '[remote failure] (remote failed to report status)'],
    ];
    expect(outcome({ lines, stderr })).toMatchObject({ kind: 'unknown' });
  });
});

describe('a push whose end nobody saw', () => {
  it.each(['signal', 'deadline', 'flooded'] as const)('is unknown when it ended by %s', (ended) => {
    expect(outcome({ ended, status: -1, connected: true })).toEqual({
      kind: 'unknown',
      detail: `git push was cut off (${ended})`,
      cancelled: false,
      mayStillLand: 'cut',
    });
  });

  it('is unreachable at the deadline where no server had answered: nothing was sent', () => {
    expect(outcome({ ended: 'deadline', status: -1 })).toMatchObject({ kind: 'unreachable' });
  });

  it('is cancelled when a person interrupted it before a server had answered', () => {
    expect(outcome({ ended: 'cancelled', status: -1 })).toEqual({ kind: 'cancelled' });
  });

  it.each([
    'Connection refused',
    'Could not resolve host: ci.example.invalid',
    'Host key verification failed.',
  ])('is unknown once a server had answered, whatever it says: %s', (stderr) => {
    expect(outcome({ status: 128, stderr, connected: true })).toMatchObject({ kind: 'unknown' });
  });

  it('is unknown and cancelled when a person interrupted it', () => {
    expect(outcome({ ended: 'cancelled', status: -1, connected: true })).toMatchObject({
      kind: 'unknown',
      cancelled: true,
    });
  });

  it('is unknown when it was cut off after lines that tell of success', () => {
    const lines: Pushed['lines'] = [['*', REF, '[new reference]']];
    expect(outcome({ ended: 'deadline', status: -1, lines })).toMatchObject({ kind: 'unknown' });
  });

  it('is unknown when it was cut off after a word that sounds like no connection', () => {
    const stderr = 'Connection closed by 192.0.2.1 port 22';
    expect(outcome({ ended: 'signal', status: -1, stderr })).toMatchObject({ kind: 'unknown' });
  });

  it('is stale even when it was cut off, once the server has said so', () => {
    const lines: Pushed['lines'] = [['!', REF, '[rejected] (stale info)']];
    expect(outcome({ ended: 'signal', status: -1, lines })).toEqual({ kind: 'stale' });
  });

  it('is unknown when git cannot read the answer', () => {
    const stderr = 'fatal: protocol error: bad line length character: <htm';
    const unknown = { kind: 'unknown', detail: stderr, cancelled: false };
    expect(outcome({ status: 128, stderr })).toEqual(unknown);
  });

  it.each([
    'fatal: the remote end hung up unexpectedly',
    'send-pack: unexpected disconnect while reading sideband packet',
    'error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502',
  ])('may still land when the connection broke: %s', (stderr) => {
    const unknown = { kind: 'unknown', detail: stderr, cancelled: false, mayStillLand: 'broke' };
    expect(outcome({ status: 128, stderr })).toEqual(unknown);
  });

  it('is unknown when the server took the pack and reported nothing', () => {
    const lines: Pushed['lines'] = [
      ['!', REF, '[remote failure] (remote failed to report status)'],
    ];
    expect(outcome({ lines })).toEqual({
      kind: 'unknown',
      detail: '[remote failure] (remote failed to report status)',
      cancelled: false,
    });
  });

  it.each(['--signed push', 'push options', '--atomic push'])(
    'is refused where the server cannot do: %s',
    (what) => {
      const stderr = `fatal: the receiving end does not support ${what}`;
      expect(outcome({ status: 128, stderr, connected: true })).toMatchObject({ kind: 'refused' });
    },
  );

  it('is unknown when git failed without a word', () => {
    expect(outcome({ status: 128 })).toEqual({
      kind: 'unknown',
      detail: 'git push failed without a word',
      cancelled: false,
    });
  });

  it('is unknown when one ref was rejected for another, and nobody says for which', () => {
    expect(rejected('[rejected] (atomic push failed)')).toMatchObject({ kind: 'unknown' });
  });
});

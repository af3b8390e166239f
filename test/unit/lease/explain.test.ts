import { describe, expect, it } from '@jest/globals';
import { errorLines } from '../../../src/cli/render-error.ts';
import { createTerminal } from '../../../src/cli/terminal.ts';
import { remedyLines } from '../../../src/errors.ts';
import type { RefusedDocument } from '../../../src/lease/explain.ts';
import { refusedError } from '../../../src/lease/explain.ts';
import type { Takeover } from '../../../src/lease/takeover.ts';
import { ABSENT, HOUR, held, MALFORMED, NOW } from './leases.ts';

const MIN = 60;
const TO = { agent: 'agent-2', now: NOW, program: 'lazyspec-lease' };
const RFC_042 = { id: 'RFC-042', type: 'rfc' };

/** Held by agent-7 for 19 minutes more. */
const HELD = held(
  {
    agent: 'agent-7',
    acquired: NOW - 41 * MIN,
    expires: NOW + 19 * MIN,
    host: 'ci-3',
    branch: 'agents/rfc-042',
    note: 'rewriting section 3',
  },
  NOW - 3 * MIN,
);
/** Both rules allow it from the same minute on. */
const AT_11_02: Takeover = {
  allowed: false,
  byClockAfter: NOW + 20 * MIN,
  byObservationAfter: NOW + 20 * MIN + 30,
  skewed: false,
};

function explain(refused: Partial<RefusedDocument>, to = TO) {
  return refusedError([{ document: RFC_042, code: 'HELD_BY_OTHER', view: HELD, ...refused }], to);
}

/** What a person reads; how columns are aligned is told below. */
async function read(refused: Partial<RefusedDocument>): Promise<string[]> {
  const stream = { write: () => true };
  const terminal = createTerminal({
    stdout: stream,
    stderr: stream,
    env: {},
    color: false,
    quiet: false,
  });
  const lines = errorLines(explain(refused), 'lazyspec-lease', await terminal.errorPaint());
  return lines.map((line) => line.trim().replace(/ +/g, ' '));
}

function noteOf(takeover: Takeover): string | undefined {
  return explain({ takeover }).remedies.find(({ label }) => label === 'take it over')?.note;
}

describe('a document that another holds', () => {
  it('is told with holder, place, times, note, and every way around', async () => {
    expect(await read({ takeover: AT_11_02 })).toEqual([
      "lazyspec-lease: RFC-042: document is not claimed by you (held by 'agent-7')",
      'you are agent-2; agent-7 is on ci-3, branch agents/rfc-042',
      'claimed 41 min ago, last renewed 3 min ago, expires in 19 min (2026-05-11T11:00:00Z)',
      '"rewriting section 3"',
      'wait for it: lazyspec-lease claim RFC-042 --wait 30m',
      'take it over: lazyspec-lease claim RFC-042 --force from 11:02Z, if not renewed',
      'administrator: lazyspec-lease release RFC-042 --expected-holder agent-7',
    ]);
  });

  it('is told without what nobody knows', () => {
    const view = held({ expires: NOW - MIN }, NOW - 61 * MIN);
    expect(explain({ view }).details).toEqual([
      'you are agent-2',
      'claimed 1 h 1 min ago, expired 1 min ago (2026-05-11T10:40:00Z)',
    ]);
  });

  it('is told with the files that were changed, three of them at most', () => {
    const [first] = explain({ paths: ['a.md', 'b.md', 'c.md'] }).details;
    expect(first).toBe('changed: a.md, b.md, c.md');
    const [many] = explain({ paths: ['a.md', 'b.md', 'c.md', 'd.md', 'e.md'] }).details;
    expect(many).toBe('changed: a.md, b.md, c.md and 2 more');
  });

  it('is told with the commits that changed it, three of them at most', () => {
    const commits = ['1', '2', '3', '4'].map((digit) => digit.repeat(40));
    const [first] = explain({ paths: ['a.md'], commits: commits.slice(0, 1) }).details;
    expect(first).toBe('changed: a.md (in 1111111111)');
    const [many] = explain({ paths: ['a.md'], commits }).details;
    expect(many).toBe('changed: a.md (in 1111111111, 2222222222, 3333333333 and 1 more)');
  });

  it('is told to a program with holder and expiry, for one document and for each', () => {
    const { code, exitStatus, remedy, data } = explain({ takeover: AT_11_02 });
    const known = { holder: 'agent-7', expires: '2026-05-11T11:00:00Z' };
    expect({ code, exitStatus, remedy }).toEqual({
      code: 'HELD_BY_OTHER',
      exitStatus: 1,
      remedy: 'lazyspec-lease claim RFC-042 --wait 30m',
    });
    expect(data).toMatchObject({ ...known, documents: [{ ...RFC_042, code, ...known, remedy }] });
  });
});

describe('when a takeover will be allowed', () => {
  it('is told for the rule that allows it sooner', () => {
    const later = NOW + 40 * MIN;
    expect(noteOf({ ...AT_11_02, byObservationAfter: later })).toBe('from 11:02Z, if not renewed');
    expect(noteOf({ ...AT_11_02, byClockAfter: later })).toBe(
      'from 11:02Z by observation, if not renewed',
    );
  });

  it('is told for observation alone where the clock never allows it', () => {
    expect(noteOf({ ...AT_11_02, byClockAfter: undefined })).toBe(
      'from 11:02Z by observation, if not renewed',
    );
  });

  it('is "allowed now" once it is', () => {
    expect(noteOf({ ...AT_11_02, allowed: true })).toBe('allowed now');
  });

  it('is a minute in which it is allowed from its first second on', () => {
    const at = (byClockAfter: number) => noteOf({ ...AT_11_02, byClockAfter });
    expect(at(NOW + 59)).toBe('from 10:42Z, if not renewed');
    expect(at(NOW + 60)).toBe('from 10:43Z, if not renewed');
  });

  it('has its date with it where it is a day or more away', () => {
    const byObservationAfter = NOW + 48 * HOUR;
    const at = (byClockAfter: number) => noteOf({ ...AT_11_02, byObservationAfter, byClockAfter });
    expect(at(NOW + 24 * HOUR - 1)).toContain('from 10:41Z');
    expect(at(NOW + 24 * HOUR)).toContain('from 2026-05-12T10:42:00Z');
  });
});

describe('every other refusal', () => {
  const claimIt = { label: 'claim it', command: 'lazyspec-lease claim RFC-042' };

  it('tells how to claim what nobody claimed', () => {
    const error = explain({ code: 'NOT_CLAIMED', view: ABSENT, paths: ['a.md'] });
    expect(error.message).toBe(
      'RFC-042: document is not claimed. Run `lazyspec-lease claim RFC-042` first.',
    );
    expect(error.details).toEqual(['changed: a.md']);
    expect(error.remedies).toEqual([claimIt]);
  });

  it('calls the program as the reader can', () => {
    const to = { ...TO, program: 'npx lazyspec-lease' };
    const error = explain({ code: 'NOT_CLAIMED', view: ABSENT }, to);
    expect(error.message).toContain('`npx lazyspec-lease claim RFC-042`');
    expect(error.remedy).toBe('npx lazyspec-lease claim RFC-042');
  });

  it('tells how to renew my own expired lease', () => {
    const view = held({ agent: 'agent-2', expires: NOW - 5 * MIN });
    const error = explain({ code: 'LEASE_EXPIRED', view });
    expect(error.message).toBe('RFC-042: your lease expired 5 min ago');
    expect(error.remedy).toBe('lazyspec-lease heartbeat RFC-042');
  });

  it('tells of a takeover that comes too early when it may come', () => {
    const error = explain({ code: 'NOT_EXPIRED', takeover: AT_11_02 });
    expect(error.message).toBe("RFC-042: the lease of 'agent-7' cannot be taken over yet");
    expect(error.details[0]).toContain('agent-7 is on ci-3');
    expect(error.remedies[1]).toMatchObject({ note: 'from 11:02Z, if not renewed' });
  });

  it('tells both clocks where they disagree', () => {
    const view = held({ agent: 'agent-7' }, NOW + HOUR);
    const error = explain({ code: 'CLOCK_SKEW', view });
    expect(error.message).toBe(
      "RFC-042: the lease of 'agent-7' was written in our future: the clocks disagree",
    );
    expect(error.details).toContain(
      'written 2026-05-11T11:41:00Z; our clock says 2026-05-11T10:41:00Z',
    );
  });

  it('tells to whom a lease was lost, or that it is gone', () => {
    const taken = explain({ code: 'LEASE_LOST' });
    expect(taken.message).toBe("RFC-042: you hold no lease on it any more (held by 'agent-7')");
    expect(taken.remedy).toBe('lazyspec-lease claim RFC-042 --wait 30m');
    const gone = explain({ code: 'LEASE_LOST', view: ABSENT });
    expect(gone.message).toBe(
      'RFC-042: you hold no lease on it any more (it is gone from the remote)',
    );
    expect(gone.remedies).toEqual([claimIt]);
  });

  it('tells whose lease could not be released, to me and to an administrator', () => {
    const mine = explain({ code: 'NOT_HOLDER' });
    expect(mine.message).toBe("RFC-042: the lease is held by 'agent-7', not by 'agent-2'");
    const named = explain({ code: 'NOT_HOLDER', expectedHolder: 'agent-9' });
    expect(named.message).toBe("RFC-042: the lease is held by 'agent-7', not by 'agent-9'");
    const admin = 'lazyspec-lease release RFC-042 --expected-holder agent-7';
    expect(mine.remedy).toBe(admin);
    expect(named.remedy).toBe(admin);
  });

  it('tells that there is nothing to release', () => {
    const error = explain({ code: 'LEASE_NOT_FOUND', view: ABSENT });
    expect(error.message).toBe('RFC-042: there is no lease to release');
    expect(error.remedy).toBe('lazyspec-lease leases');
  });

  it('tells why a lease is malformed, and how it is removed', () => {
    const error = explain({ code: 'MALFORMED_LEASE', view: MALFORMED });
    expect(error.message).toBe('RFC-042: its lease is malformed: its lease.json is empty');
    expect(error.remedy).toBe("lazyspec-lease release RFC-042 --expected-holder '?'");
    expect(error.data).not.toHaveProperty('holder');
  });
});

describe('the name of a holder in a command', () => {
  it.each([
    ['agent-7', 'agent-7'],
    ['a@b.example:1/2', 'a@b.example:1/2'],
    ['Zoë', "'Zoë'"],
    ['two words', "'two words'"],
    ['$(rm -rf ~)', "'$(rm -rf ~)'"],
    ['`x`', "'`x`'"],
    ["it's", "'it'\\''s'"],
    ['a;b', "'a;b'"],
    ['*', "'*'"],
    ['~root', "'~root'"],
  ])('%s is quoted so that a shell reads it back', (agent, quoted) => {
    const view = held({ agent });
    const administrator = explain({ view }).remedies.at(-1)?.command;
    expect(administrator).toBe(`lazyspec-lease release RFC-042 --expected-holder ${quoted}`);
  });
});

describe('several refused documents', () => {
  const refused = (id: string, one: Partial<RefusedDocument> = {}): RefusedDocument => ({
    document: { id, type: 'rfc' },
    code: 'NOT_CLAIMED',
    view: ABSENT,
    ...one,
  });

  it('are told together, each with its own details and remedies below it', () => {
    const taken = refused('RFC-042', { code: 'HELD_BY_OTHER', view: held(), takeover: AT_11_02 });
    const error = refusedError([taken, refused('RFC-001', { paths: ['a.md'] })], TO);
    expect(error.message).toBe('2 documents were refused');
    expect(error.code).toBe('HELD_BY_OTHER');
    expect(error.details).toEqual([
      "RFC-042: document is not claimed by you (held by 'agent-a')",
      '  you are agent-2',
      '  claimed 30 min ago, expires in 30 min (2026-05-11T11:11:00Z)',
      '  wait for it:   lazyspec-lease claim RFC-042 --wait 30m',
      '  take it over:  lazyspec-lease claim RFC-042 --force     from 11:02Z, if not renewed',
      '  administrator: lazyspec-lease release RFC-042 --expected-holder agent-a',
      'RFC-001: document is not claimed. Run `lazyspec-lease claim RFC-001` first.',
      '  changed: a.md',
      '  claim it: lazyspec-lease claim RFC-001',
    ]);
    expect(error.data.documents).toMatchObject([{ id: 'RFC-042' }, { id: 'RFC-001' }]);
    expect(error.data).not.toHaveProperty('holder');
  });

  it('are claimed with one command where all of them are free', () => {
    const error = refusedError([refused('RFC-001'), refused('RFC-002')], TO);
    expect(error.remedies).toEqual([
      { label: 'claim them all', command: 'lazyspec-lease claim RFC-001 RFC-002' },
    ]);
  });

  it('are claimed with one command as far as they are free', () => {
    const taken = refused('RFC-042', { code: 'HELD_BY_OTHER', view: held() });
    const error = refusedError([refused('RFC-001'), taken, refused('RFC-002')], TO);
    expect(error.remedies).toEqual([
      { label: 'claim those that are free', command: 'lazyspec-lease claim RFC-001 RFC-002' },
    ]);
  });

  it('have no remedy in common where at most one is free', () => {
    const taken = refused('RFC-042', { code: 'HELD_BY_OTHER', view: held() });
    expect(refusedError([refused('RFC-001'), taken], TO).remedies).toEqual([]);
  });
});

describe('remedyLines', () => {
  it('aligns the commands, and puts the note behind', () => {
    const lines = remedyLines([
      { label: 'a', command: 'run this' },
      { label: 'longer', command: 'run that', note: 'tomorrow' },
    ]);
    expect(lines).toEqual(['a:      run this', 'longer: run that     tomorrow']);
  });

  it('has no lines where there is no remedy', () => {
    expect(remedyLines([])).toEqual([]);
  });
});

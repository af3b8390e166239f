import { describe, expect, it } from '@jest/globals';
import { errorLines } from '../../../src/cli/render-error.ts';
import { createTerminal } from '../../../src/cli/terminal.ts';
import type { RefusedDocument } from '../../../src/lease/explain.ts';
import { refusedError, remedyLines } from '../../../src/lease/explain.ts';
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

import { describe, expect, it } from '@jest/globals';
import type { LeaseRecord } from '../../../src/lease/record.ts';
import { isAgentName, parseRecord, serializeRecord } from '../../../src/lease/record.ts';

const FIELDS = { agent: 'agent-a', acquired: 1_778_490_000, expires: 1_778_493_600 };
const LIMIT = 8 * 1024;

function parse(value: unknown) {
  return parseRecord(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));
}

function recordOf(value: unknown): LeaseRecord {
  const parsed = parse(value);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.record;
}

function problemOf(value: unknown): string {
  const parsed = parse(value);
  return 'problem' in parsed ? parsed.problem : 'none';
}

describe('the times of a record', () => {
  it('are read as whole seconds since 1970', () => {
    expect(recordOf({ ...FIELDS, ttl: 3600 })).toEqual({ ...FIELDS, ttl: 3600 });
  });

  it.each([
    ['2026-05-11T09:00:00Z', 1_778_490_000],
    ['2026-05-11T09:00:00.999Z', 1_778_490_000],
    ['2026-05-11t09:00:00.123456789z', 1_778_490_000],
    ['2026-05-11 09:00:00Z', 1_778_490_000],
    ['2026-05-11T11:30:00+02:30', 1_778_490_000],
    ['2026-05-11T07:00:00-02:00', 1_778_490_000],
    ['2028-02-29T00:00:00Z', 1_835_395_200],
  ])('are read from RFC 3339 as in %s', (acquired, seconds) => {
    expect(recordOf({ ...FIELDS, acquired }).acquired).toBe(seconds);
    expect(recordOf({ ...FIELDS, expires: acquired }).expires).toBe(seconds);
  });

  it('are written as integers, whatever they were read from', () => {
    const record = recordOf({ ...FIELDS, acquired: '2026-05-11T09:00:00.5Z' });
    expect(JSON.parse(serializeRecord(record))).toEqual(FIELDS);
  });

  it.each([
    ['the first second of 1970', 0],
    ['the last second of the year 9999', 253_402_300_799],
  ])('may be %s', (_what, expires) => {
    expect(recordOf({ ...FIELDS, expires }).expires).toBe(expires);
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['before 1970', -1],
    ['fractional', 1_778_490_000.5],
    ['after the year 9999', 253_402_300_800],
    ['beyond what a double can count', 2 ** 53],
    ['enormous', 1e300],
    ['a number as text', '1778490000'],
    ['an empty text', ''],
    ['a date without a time', '2026-05-11'],
    ['a time without an offset', '2026-05-11T09:00:00'],
    ['in a month that is none', '2026-13-11T09:00:00Z'],
    ['a day that is none', '2026-02-30T09:00:00Z'],
    ['the day of another leap year', '2027-02-29T09:00:00Z'],
    ['a day zero', '2026-05-00T09:00:00Z'],
    ['an hour that is none', '2026-05-11T25:00:00Z'],
    ['before 1970 as text', '1969-12-31T23:59:59Z'],
    ['a date for people', 'Mon, 11 May 2026 09:00:00 GMT'],
    ['followed by more', '2026-05-11T09:00:00Z or so'],
    ['true', true],
    ['a list', [1_778_490_000]],
    ['an object', { seconds: 1_778_490_000 }],
  ])('make the lease malformed when %s', (_what, time) => {
    expect(problemOf({ ...FIELDS, acquired: time })).toBe('its "acquired" is not a time');
    expect(problemOf({ ...FIELDS, expires: time })).toBe('its "expires" is not a time');
  });

  it.each([
    ['0', 0],
    ['negative', -60],
    ['fractional', 0.5],
    ['longer than all time', 253_402_300_800],
    ['a text', '3600'],
    ['null', null],
    ['a list', [3600]],
  ])('make the lease malformed when the ttl is %s', (_what, ttl) => {
    expect(problemOf({ ...FIELDS, ttl })).toBe('its "ttl" is not a number of seconds');
  });
});

describe('a lease.json that is malformed as a whole', () => {
  it('is empty', () => {
    expect(problemOf('')).toBe('its lease.json is empty');
  });

  it('is larger than 8 KiB by one byte', () => {
    const text = JSON.stringify(FIELDS);
    expect(recordOf(text.padEnd(LIMIT))).toEqual(FIELDS);
    expect(problemOf(text.padEnd(LIMIT + 1))).toBe('its lease.json is 8193 bytes');
  });

  it.each([
    ['blank', '  \n'],
    ['no JSON', 'agent = "agent-a"'],
    ['cut off', JSON.stringify(FIELDS).slice(0, -1)],
    ['a list', JSON.stringify([FIELDS])],
    ['a text', '"agent-a"'],
    ['a number', '42'],
    ['null', 'null'],
  ])('is %s', (_what, text) => {
    expect(problemOf(text)).toBe('its lease.json is not a JSON object');
  });

  it('is binary', () => {
    const bytes = Buffer.from([0x00, 0xff, 0xfe, 0x80, 0x7b, 0x7d]);
    expect(parseRecord(bytes)).toEqual({ problem: 'its lease.json is not a JSON object' });
  });

  it('is JSON, but for one byte that is not UTF-8', () => {
    const text = JSON.stringify({ ...FIELDS, note: 'x' });
    const bytes = Buffer.from(text.replace('"x"', '"\u00ff"'), 'latin1');
    expect(parseRecord(bytes)).toEqual({ problem: 'its lease.json is not a JSON object' });
  });
});

describe('the agent of a record', () => {
  it.each([
    ['one character', 'a'],
    ['200 characters', 'a'.repeat(200)],
    ['200 characters of two UTF-16 units each', '😀'.repeat(200)],
    ['a name with spaces', 'Zoë Ångström (laptop)'],
  ])('may be %s', (_what, agent) => {
    expect(isAgentName(agent)).toBe(true);
    expect(recordOf({ ...FIELDS, agent }).agent).toBe(agent);
  });

  it.each([
    ['missing', undefined],
    ['empty', ''],
    ['blank', ' \u00a0 '],
    ['201 characters', 'a'.repeat(201)],
    ['two lines', 'agent-a\nagent-b'],
    ['with a tab', 'agent\ta'],
    ['with an escape sequence', 'agent\u001b[31m'],
    ['with a NUL', 'agent\u0000'],
    ['with a DEL', 'agent\u007f'],
    ['with a C1 control', 'agent\u009b31m'],
    ['a number', 7],
    ['null', null],
    ['a list', ['agent-a']],
    ['an object', { name: 'agent-a' }],
  ])('makes the lease malformed when %s', (_what, agent) => {
    expect(isAgentName(agent)).toBe(false);
    expect(problemOf({ ...FIELDS, agent })).toBe('its agent is not a name');
  });
});

describe('the optional fields of a record', () => {
  it('are read where they are texts', () => {
    const all = {
      ...FIELDS,
      ttl: 3600,
      nonce: '00ff',
      host: 'ci-3',
      worktree: '~/w',
      branch: 'main',
      note: 'why',
    };
    expect(recordOf(all)).toEqual(all);
  });

  it.each(['nonce', 'host', 'worktree', 'branch', 'note'])(
    'are left out where %s is none, and the lease stays a lease',
    (field) => {
      for (const value of [7, null, true, ['x'], { x: 1 }]) {
        expect(recordOf({ ...FIELDS, [field]: value })).toEqual(FIELDS);
      }
    },
  );
});

describe('the unknown fields of a record', () => {
  const UNKNOWN = { session: 'xyz', nested: { list: [1, null, { deep: true }] }, empty: null };

  it('are kept, and written back as they were', () => {
    const record = recordOf({ ...FIELDS, ...UNKNOWN });
    expect(record.unknown).toEqual(UNKNOWN);
    expect(JSON.parse(serializeRecord(record))).toEqual({ ...FIELDS, ...UNKNOWN });
  });

  it('can never stand in for a field of our own', () => {
    const record: LeaseRecord = { ...FIELDS };
    expect(recordOf({ ...FIELDS, unknown: { agent: 'agent-b' } })).toEqual({
      ...record,
      unknown: { unknown: { agent: 'agent-b' } },
    });
  });

  it('keep the keys __proto__ and constructor as mere keys, and pollute nothing', () => {
    const text = `${JSON.stringify(FIELDS).slice(0, -1)},"__proto__":{"ttl":1,"polluted":1},"constructor":{"prototype":{"polluted":2}}}`;
    const record = recordOf(text);
    expect(record.ttl).toBeUndefined();
    expect(Object.getPrototypeOf(record.unknown)).toBe(Object.prototype);
    expect(Object.keys(record.unknown ?? {})).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();

    const written = serializeRecord(record);
    expect(written).toContain('"__proto__"');
    expect(recordOf(written)).toEqual(record);
    expect(Object.keys(JSON.parse(written))).toEqual([
      ...Object.keys(FIELDS),
      '__proto__',
      'constructor',
    ]);
  });

  it('are dropped where they would make the record larger than anybody reads', () => {
    const record: LeaseRecord = { ...FIELDS, note: 'why', unknown: { padding: '' } };
    const room = LIMIT - Buffer.byteLength(serializeRecord(record));
    const fits = serializeRecord({ ...record, unknown: { padding: 'x'.repeat(room) } });
    expect(Buffer.byteLength(fits)).toBe(LIMIT);
    expect(recordOf(fits).unknown).toEqual({ padding: 'x'.repeat(room) });

    const tooLarge = serializeRecord({ ...record, unknown: { padding: 'x'.repeat(room + 1) } });
    expect(recordOf(tooLarge)).toEqual({ ...FIELDS, note: 'why' });
  });

  it('are measured in bytes, not in characters', () => {
    const text = serializeRecord({ ...FIELDS, unknown: { padding: 'é'.repeat(LIMIT / 2) } });
    expect(recordOf(text)).toEqual(FIELDS);
  });
});

describe('a record written and read back', () => {
  it('is the same record', () => {
    const record: LeaseRecord = {
      ...FIELDS,
      agent: 'Zoë "the agent" 😀',
      ttl: 3600,
      nonce: '0123456789abcdef0123456789abcdef',
      host: 'ci-3',
      worktree: '/home/a b/w',
      branch: 'agents/rfc-042',
      note: 'rewriting\nsection 3',
      unknown: { x: [1, 2, { y: 'z' }] },
    };
    expect(recordOf(serializeRecord(record))).toEqual(record);
  });

  it('ends with a newline, as a text file does', () => {
    expect(serializeRecord(FIELDS)).toMatch(/\}\n$/);
  });
});

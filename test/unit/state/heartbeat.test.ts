import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastHeartbeat, noteHeartbeat } from '../../../src/state/heartbeat.ts';

const RFC = { id: 'RFC-001', type: 'rfc' };
/** 2026-05-11T13:00:00Z */
const NOON = 1_778_504_400;

describe('the last heartbeat', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'heartbeat-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const file = () => join(root, '.lazyspec', 'state', 'heartbeat-rfc-RFC-001');
  function written(text: string): number | undefined {
    mkdirSync(dirname(file()), { recursive: true });
    writeFileSync(file(), text);
    return lastHeartbeat(root, RFC, NOON);
  }

  it('is none before the first one', () => {
    expect(lastHeartbeat(root, RFC, NOON)).toBeUndefined();
  });

  it('is kept as RFC 3339 in a file of its own, and nothing is left beside it', () => {
    noteHeartbeat(root, RFC, NOON);
    expect(readFileSync(file(), 'utf8')).toBe('2026-05-11T13:00:00Z');
    expect(readdirSync(dirname(file()))).toEqual(['heartbeat-rfc-RFC-001']);
    expect(lastHeartbeat(root, RFC, NOON)).toBe(NOON);
  });

  it('is replaced by the next one', () => {
    noteHeartbeat(root, RFC, NOON - 60);
    noteHeartbeat(root, RFC, NOON);
    expect(lastHeartbeat(root, RFC, NOON + 5)).toBe(NOON);
  });

  it("is each document's own", () => {
    noteHeartbeat(root, RFC, NOON);
    expect(lastHeartbeat(root, { id: 'RFC-001', type: 'story' }, NOON)).toBeUndefined();
    expect(lastHeartbeat(root, { id: 'RFC-002', type: 'rfc' }, NOON)).toBeUndefined();
  });

  it.each(['2026-05-11T12:59:00Z\n', '2026-05-11T12:59:00.5Z', '2026-05-11T14:59:00+02:00'])(
    'is read from what another program wrote: %s',
    (text) => {
      expect(written(text)).toBe(NOON - 60);
    },
  );

  it.each(['', 'yesterday', '{"last": 0}', '\u0000\u0001'])(
    'is none where the file reads %j',
    (text) => {
      expect(written(text)).toBeUndefined();
    },
  );

  it('is none where it lies in the future, and counts in the very second of now', () => {
    expect(written('2026-05-11T13:00:01Z')).toBeUndefined();
    expect(written('2026-05-11T13:00:00Z')).toBe(NOON);
  });

  it('is none where the file cannot be read', () => {
    mkdirSync(file(), { recursive: true });
    expect(lastHeartbeat(root, RFC, NOON)).toBeUndefined();
  });

  it('tells the caller when it cannot be written', () => {
    writeFileSync(join(root, '.lazyspec'), 'a file where the folder should be');
    expect(() => noteHeartbeat(root, RFC, NOON)).toThrow(/ENOTDIR|EEXIST/);
  });
});

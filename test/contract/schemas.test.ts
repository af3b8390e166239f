/** The published schemas: one for each command, saying all, and of one mind with the types of the library. */
import { describe, expect, it } from '@jest/globals';
import type { Command } from 'commander';
import { hooksProgram } from '../../src/cli/hooks-program.ts';
import { leaseProgram } from '../../src/cli/lease-program.ts';
import type {
  AbsentLease,
  GatedDocument,
  GateResult,
  ListedLease,
  ReleasedLease,
  SkippedHeartbeat,
  Takeover,
  WrittenLease,
} from '../../src/commands/results.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import type { DocumentRefusal } from '../../src/lease/explain.ts';
import { insistOnJson, OUTPUT, schemaErrors } from '../helpers/schemas.ts';

type Keys<T> = Record<keyof Required<T>, true>;

const PEOPLE = { host: true, worktree: true, branch: true, note: true } as const;
const DOCUMENT = { id: true, type: true } as const;
const LEASE = {
  ...DOCUMENT,
  ...PEOPLE,
  ref: true,
  agent: true,
  acquired: true,
  expires: true,
} as const;

const written: Keys<WrittenLease> = { ...LEASE, renewed: true, tookOverFrom: true };
const skipped: Keys<SkippedHeartbeat> = { ...DOCUMENT, skipped: true, reason: true, last: true };
const released: Keys<ReleasedLease> = { released: true };
const listed: Keys<ListedLease & { takeover?: Takeover }> = {
  ...LEASE,
  ...{ state: true, mine: true, committed: true, problem: true, cached: true, takeover: true },
};
const absent: Keys<AbsentLease> = { ...DOCUMENT, ref: true, state: true };
const gated: Keys<GatedDocument> = {
  ...DOCUMENT,
  ...{ paths: true, verdict: true, agents: true, commits: true, created: true },
  ...{ holder: true, expires: true, message: true, remedy: true },
};
const gate: Keys<GateResult> = { ok: true, documents: true };
const refused: Keys<DocumentRefusal> = {
  ...DOCUMENT,
  ...{ code: true, message: true, paths: true, agents: true, commits: true },
  ...{ holder: true, expires: true, remedy: true },
};
const finding: Keys<Finding> = {
  ...{
    check: true,
    state: true,
    message: true,
    details: true,
    remedy: true,
    hook: true,
    governs: true,
  },
};

const TYPES: Record<string, Record<string, true>> = {
  writtenLease: written,
  skippedHeartbeat: skipped,
  releasedLease: released,
  listedLease: listed,
  absentLease: absent,
  gatedDocument: gated,
  gate,
  refusedDocument: refused,
  finding,
};

describe('the schema of what is printed', () => {
  // What `agent` prints is for a model to read, and `--json` is no option of it.
  const commands = [...leaseProgram.commands, ...hooksProgram().commands]
    .map((command: Command) => command.name())
    .filter((name) => name !== 'agent');

  it.each([...new Set([...commands, 'completion'])])('has a definition for %s', (name) => {
    expect(OUTPUT.definitions).toHaveProperty(name);
  });

  it.each(Object.entries(TYPES))('has the properties of the type: %s', (name, keys) => {
    const properties = Object.keys(OUTPUT.definitions[name]?.properties ?? {});
    expect(properties.sort()).toEqual(Object.keys(keys).sort());
  });

  it('says of each definition and of each property what it is', () => {
    const silent: string[] = [];
    const look = (schema: unknown, path: string) => {
      if (typeof schema !== 'object' || schema === null) return;
      if ('properties' in schema && 'type' in schema) {
        for (const [name, property] of Object.entries(schema.properties as object)) {
          const isTold = 'description' in property || '$ref' in property;
          if (!isTold) silent.push(`${path}.${name}`);
        }
      }
      for (const [key, value] of Object.entries(schema)) look(value, `${path}.${key}`);
    };
    for (const [name, definition] of Object.entries(OUTPUT.definitions)) {
      if (!('description' in definition)) silent.push(name);
      look(definition, name);
    }
    expect(silent).toEqual([]);
  });
});

describe('what the tests insist on', () => {
  const lease = {
    ...{ id: 'RFC-001', type: 'rfc', ref: 'refs/lazyspec/leases/rfc/RFC-001', agent: 'agent-a' },
    ...{ acquired: '2026-05-11T12:00:00Z', expires: '2026-05-11T13:00:00Z' },
  };
  const failure = { error: { code: 'HELD_BY_OTHER', message: 'No.' } };
  const insist = (args: string[], value: unknown, status = 0) =>
    insistOnJson(args, { status, stdout: JSON.stringify(value), stderr: '' });

  it('is the shape of the very command', () => {
    expect(() => insist(['claim', 'RFC-001'], lease)).not.toThrow();
    expect(() => insist(['leases'], [lease])).toThrow(/required property/);
    expect(() => insist(['release', 'RFC-001'], lease)).toThrow(/required property/);
  });

  it('is nothing but what is documented', () => {
    expect(schemaErrors('claim', { ...lease, surprise: 1 })).not.toEqual([]);
    expect(() => insist(['claim', 'x'], { error: { ...failure.error, surprise: 1 } }, 1)).toThrow();
  });

  it('is an error where it failed, and only there', () => {
    expect(() => insist(['claim', 'RFC-001'], failure, 1)).not.toThrow();
    expect(() => insist(['claim', 'RFC-001'], failure)).toThrow(/has ended with 0/);
    expect(() => insist(['claim', 'RFC-001'], lease, 1)).toThrow(/has ended with 1/);
    expect(() => insist(['gate'], { ok: false, documents: [] }, 1)).not.toThrow();
  });

  it('is one value, even where it failed', () => {
    const ended = { status: 3, stdout: '', stderr: 'words' };
    expect(() => insistOnJson(['claim', 'RFC-001'], ended)).toThrow(/has printed nothing/);
    expect(() => insistOnJson(['leases'], { ...ended, stdout: '[]\n[]\n' })).toThrow();
  });
});

/** Each rule that the checker watches, broken in a story: one that it misses is a test that fails. */
import { describe, expect, it } from '@jest/globals';
import { check } from './checker.ts';
import { refOf } from './request.ts';
import { Story, T } from './told.ts';

const LATE = 'a takeover before its time';
const LOST = 'a lost update';
const UNTRUE = 'a refusal for a reason that never was';
const UNDONE = 'a success that no transition accounts for';
const UNASKED = 'a transition that no process can account for';

/** agent-a claims RFC-001 in its first second. */
function claimed(): { story: Story; oid: string } {
  const story = new Story();
  const oid = story.commit({ agent: 'a', acquired: 0 });
  story.land(0.5, { 'RFC-001': oid });
  const output = story.told('RFC-001', oid);
  story.ran({ agent: 'a', argv: 'claim RFC-001', during: [0, 1], output });
  return { story, oid };
}

/** And agent-b takes it over in a second of its own. */
function takenOver(second: number): Story {
  const { story } = claimed();
  const oid = story.commit({ agent: 'b', acquired: second, note: 'p2' });
  story.land(second + 0.5, { 'RFC-001': oid });
  const output = story.told('RFC-001', oid, { tookOverFrom: 'a' });
  const during: [number, number] = [second, second + 1];
  return story.ran({ agent: 'b', argv: 'claim RFC-001 --force', during, output });
}

describe('a history in which nothing is wrong', () => {
  it('is a claim, a renewal, a release and a claim by another', () => {
    const { story } = claimed();
    const second = story.commit({ agent: 'a', acquired: 0, renewed: 1 });
    story.land(1.5, { 'RFC-001': second });
    const renewed = story.told('RFC-001', second, { renewed: true });
    story.ran({ agent: 'a', argv: 'heartbeat RFC-001', during: [1, 2], output: renewed });
    story.land(2.5, { 'RFC-001': undefined });
    story.ran({
      ...{ agent: 'a', argv: 'release RFC-001', during: [2, 3] },
      output: { released: 'RFC-001' },
    });
    const third = story.commit({ agent: 'b', acquired: 3, note: 'p4' });
    story.land(3.5, { 'RFC-001': third });
    const output = story.told('RFC-001', third);
    story.ran({ agent: 'b', argv: 'claim RFC-001', during: [3, 4], output });
    expect(story.broken()).toEqual([]);
  });

  it('is a takeover once it is free', () => {
    expect(takenOver(5).broken()).toEqual([]);
  });

  it('is a process that was killed and had written, or had not', () => {
    const { story } = claimed();
    story.history.processes.length = 0;
    story.ran({ agent: 'a', argv: 'claim RFC-001', during: [0, 1], status: null });
    story.ran({ agent: 'a', argv: 'claim RFC-002', during: [0, 1], status: null });
    expect(story.broken()).toEqual([]);
    expect(check(story.history).unanswered).toBe(1);
  });

  it('is a process that renews what it claimed before the answer was lost', () => {
    const story = new Story();
    const [first, again] = [
      story.commit({ agent: 'a', acquired: 0 }),
      story.commit({ agent: 'a', acquired: 0, renewed: 1 }),
    ];
    story.land(0.5, { 'RFC-001': first }).land(1.5, { 'RFC-001': again });
    const output = story.told('RFC-001', again, { renewed: true });
    story.ran({ agent: 'a', argv: 'claim RFC-001', during: [0, 2], output });
    expect(story.broken()).toEqual([]);
    expect(check(story.history).repeated).toBe(1);
  });

  it('is a process that looks again when its lease was over before it knew, whatever it finds', () => {
    for (const [end, broken] of [
      [4, []],
      [2.5, [UNASKED]],
    ] as const) {
      const { story, oid } = claimed();
      const late = { status: 1, output: { error: { code: 'LEASE_EXPIRED' } } };
      const [process] = story.history.processes;
      Object.assign(process ?? {}, late, { end: (T + end) * 1000 });
      expect(story.broken()).toEqual(
        broken.length > 0 ? [...broken, 'a lease that was over and never was'] : [],
      );
      const lost = story.refused('HELD_BY_OTHER', 'RFC-001', oid);
      Object.assign(process ?? {}, lost, { agent: 'a' });
      expect(story.broken()).toEqual([...broken, UNTRUE]);
      expect(check(story.history).inVain).toBe(end === 4 ? 1 : 0);
    }
  });

  it('is a refusal, and a gate that is shut, for a reason that is true', () => {
    const { story, oid } = claimed();
    const refused = story.refused('HELD_BY_OTHER', 'RFC-001', oid);
    story.ran({ agent: 'b', argv: 'claim RFC-001', during: [0, 1], ...refused });
    story.ran({
      agent: 'b',
      argv: 'gate RFC-001',
      during: [0, 1],
      ...shut(story, 'HELD_BY_OTHER', oid),
    });
    expect(story.broken()).toEqual([]);
  });
});

function shut(story: Story, verdict: string, oid?: string) {
  const { output } = story.refused(verdict, 'RFC-001', oid);
  const [document] = (output as { error: { documents: object[] } }).error.documents;
  return {
    status: 1,
    output: { ok: false, documents: [{ ...document, code: undefined, verdict }] },
  };
}

describe('the record of the remote', () => {
  it('has no lost update', () => {
    const { story } = claimed();
    const other = story.commit({ agent: 'b', acquired: 0, note: 'p2' });
    story.history.transactions.push({
      prepared: (T + 0.6) * 1000,
      landed: (T + 0.6) * 1000,
      moves: [{ ref: refOf('RFC-001'), to: other }],
    });
    story.history.final[refOf('RFC-001')] = other;
    const output = story.told('RFC-001', other);
    story.ran({ agent: 'b', argv: 'claim RFC-001', during: [0, 1], output });
    expect(story.broken()).toContain(LOST);
  });

  it('ends where its last move ended', () => {
    const { story } = claimed();
    story.history.final = {};
    expect(story.broken()).toEqual(['another end']);
  });

  it("is that of git's own reflog", () => {
    const { story } = claimed();
    story.history.reflogs[refOf('RFC-001')] = [];
    expect(story.broken()).toEqual(['another reflog']);
  });

  it('holds no nonce twice, and none that is no nonce', () => {
    for (const nonce of ['0'.repeat(31).concat('1'), 'fixed']) {
      const { story } = claimed();
      const again = story.commit({ agent: 'a', acquired: 0, renewed: 1, nonce });
      story.land(1.5, { 'RFC-001': again });
      const output = story.told('RFC-001', again, { renewed: true });
      story.ran({ agent: 'a', argv: 'heartbeat RFC-001', during: [1, 2], output });
      expect(story.broken()).toEqual(['a write that is not like no other']);
    }
  });

  it('holds leases that are over in time, have no past and can be read', () => {
    const story = new Story();
    const endless = story.commit({ agent: 'a', acquired: 0, ttl: 100, parents: 1 });
    story.land(0.5, { 'RFC-001': endless, 'RFC-002': 'f'.repeat(40) });
    expect(story.broken()).toEqual([
      'a lease with a past',
      'a lease longer than any may be',
      'a lease that cannot be read',
      UNASKED,
    ]);
  });
});

describe('a lease that is granted', () => {
  it('has one winner', () => {
    const { story, oid } = claimed();
    const output = { ...story.told('RFC-001', oid), agent: 'b' };
    story.ran({ agent: 'b', argv: 'claim RFC-001', during: [0, 1], output });
    expect(story.broken()).toEqual([UNDONE]);
  });

  it('has one winner among processes of one agent, too', () => {
    const { story, oid } = claimed();
    const output = story.told('RFC-001', oid, { renewed: true });
    story.ran({ agent: 'a', argv: 'heartbeat RFC-001', during: [0, 1], output });
    story.ran({ agent: 'a', argv: 'heartbeat RFC-001', during: [0, 1], output });
    expect(story.broken()).toEqual([UNDONE]);
  });

  it('was asked for', () => {
    const { story } = claimed();
    story.history.processes.length = 0;
    expect(story.broken()).toEqual([UNASKED]);
  });

  it('was asked for by one who ran at that time', () => {
    const { story } = claimed();
    for (const one of story.history.processes) one.end = (T + 0.4) * 1000;
    expect(story.broken()).toEqual([UNDONE, UNASKED]);
  });

  it('is not that of a process which was refused', () => {
    const { story, oid } = claimed();
    const [process] = story.history.processes;
    Object.assign(process ?? {}, story.refused('HELD_BY_OTHER', 'RFC-001', oid));
    expect(story.broken()).toEqual([UNASKED, UNTRUE]);
  });

  it('is what was reported', () => {
    const { story } = claimed();
    const [process] = story.history.processes;
    (process?.output as { expires: string }).expires = '2030-01-01T00:00:00Z';
    expect(story.broken()).toEqual([UNDONE, UNASKED]);
  });

  it('is granted at most once to one who was killed', () => {
    const { story } = claimed();
    story.history.processes.length = 0;
    story.ran({ agent: 'a', argv: 'claim RFC-001', during: [0, 2], status: null });
    expect(story.broken()).toEqual([]);
    story.land(1.5, { 'RFC-001': story.commit({ agent: 'a', acquired: 0, renewed: 1 }) });
    expect(story.broken()).toEqual([UNASKED]);
  });
});

describe('several documents', () => {
  function batch(...landings: string[][]): Story {
    const story = new Story();
    const oids: Record<string, string> = {};
    for (const id of ['RFC-001', 'RFC-002']) {
      oids[id] = story.commit({ agent: 'a', acquired: 0, note: 'p1' });
    }
    landings.forEach((ids, index) => {
      story.land(0.3 + index / 10, Object.fromEntries(ids.map((id) => [id, oids[id]])));
    });
    const output = Object.entries(oids).map(([id, oid]) => story.told(id, oid));
    return story.ran({ agent: 'a', argv: 'claim RFC-002 RFC-001', during: [0, 1], output });
  }

  it('move together', () => {
    expect(batch(['RFC-001', 'RFC-002']).broken()).toEqual([]);
  });

  it('do not move one after another', () => {
    expect(batch(['RFC-001'], ['RFC-002']).broken()).toEqual([UNDONE, UNASKED]);
  });

  it('do not move by half, neither for a success nor for one who was killed', () => {
    const story = batch(['RFC-001']);
    expect(story.broken()).toEqual([UNDONE, UNASKED]);
    for (const one of story.history.processes)
      Object.assign(one, { status: null, output: undefined });
    expect(story.broken()).toEqual([UNASKED]);
  });
});

describe('a takeover', () => {
  it('is not before lease and grace are over', () => {
    expect(takenOver(3).broken()).toEqual([LATE]);
    expect(takenOver(4).broken()).toEqual([]);
  });

  it('by observation alone is not before they are over since anybody could see the lease', () => {
    const story = takenOver(4);
    story.history.rules.takeover = 'observed';
    expect(story.broken()).toEqual([]);
    for (const one of story.history.transactions.slice(0, 1)) one.prepared += 490;
    for (const one of story.history.transactions.slice(1)) one.landed = (T + 4.98) * 1000;
    expect(story.broken()).toEqual([LATE]);
  });

  it('was asked for with --force', () => {
    const story = takenOver(5);
    for (const one of story.history.processes) {
      one.argv = one.argv.filter((word) => word !== '--force');
    }
    expect(story.broken()).toEqual([UNDONE, UNASKED]);
  });
});

describe('a heartbeat', () => {
  function beaten(lease: Parameters<Story['commit']>[0], output?: object): Story {
    const { story } = claimed();
    const oid = story.commit(lease);
    story.land(1.5, { 'RFC-001': oid });
    const told = output ?? story.told('RFC-001', oid, { renewed: true });
    const { agent } = lease;
    return story.ran({ agent, argv: 'heartbeat RFC-001', during: [1, 2], output: told });
  }

  it("renews nobody else's lease", () => {
    const broken = beaten({ agent: 'b', acquired: 1 }).broken();
    expect(broken).toEqual([LATE, UNDONE, UNASKED]);
  });

  it('creates none', () => {
    const story = new Story();
    const oid = story.commit({ agent: 'a', acquired: 0 });
    story.land(0.5, { 'RFC-001': oid });
    const output = story.told('RFC-001', oid);
    story.ran({ agent: 'a', argv: 'heartbeat RFC-001', during: [0, 1], output });
    expect(story.broken()).toEqual([UNDONE, UNASKED]);
  });

  it('keeps the moment of the claim, and shortens nothing', () => {
    expect(beaten({ agent: 'a', acquired: 1 }).broken()).toEqual(['a renewal that is a new claim']);
    expect(beaten({ agent: 'a', acquired: 0, renewed: 1, ttl: 0.5 }).broken()).toContain(
      'a heartbeat that shortens',
    );
  });

  it('is skipped only shortly after another', () => {
    const skip = (last: number) => ({
      skipped: true,
      id: 'RFC-001',
      last: new Date((T + last) * 1000),
    });
    for (const [last, broken] of [
      [8, []],
      [2, ['a heartbeat skipped for no reason']],
    ] as const) {
      const { story } = claimed();
      const output = JSON.parse(JSON.stringify(skip(last)));
      story.ran({
        agent: 'a',
        argv: 'heartbeat RFC-001 --min-interval=2s',
        during: [9, 10],
        output,
      });
      expect(story.broken()).toEqual(broken);
    }
  });
});

describe('a release', () => {
  function released(agent: string, argv: string, output: unknown = { released: 'RFC-001' }): Story {
    const { story } = claimed();
    story.land(1.5, { 'RFC-001': undefined });
    return story.ran({ agent, argv, during: [1, 2], output });
  }

  it("is of one's own lease, or of the holder's that an administrator named", () => {
    expect(released('a', 'release RFC-001').broken()).toEqual([]);
    expect(released('b', 'release RFC-001').broken()).toEqual([UNDONE, UNASKED]);
    expect(released('b', 'release RFC-001 --expected-holder=a').broken()).toEqual([]);
    expect(released('a', 'release RFC-001 --expected-holder=b').broken()).toEqual([
      UNDONE,
      UNASKED,
    ]);
  });

  it('of one lease is one success', () => {
    const story = released('a', 'release RFC-001');
    story.ran({
      ...{ agent: 'b', argv: 'release RFC-001 --expected-holder=a', during: [1, 2] },
      output: { released: 'RFC-001' },
    });
    expect(story.broken()).toEqual([UNDONE]);
  });

  it('of all leaves out none that was held all the time', () => {
    const { story } = claimed();
    story.ran({ agent: 'a', argv: 'release --all', during: [1, 2], output: [] });
    expect(story.broken()).toEqual(['a lease that --all left out']);
  });
});

describe('a gate', () => {
  const open = { ok: true, documents: [{ id: 'RFC-001', verdict: 'pass' }] };

  it.each([
    ['passes while there is a lease', 'a', [1, 2], []],
    ['passes at no moment before', 'a', [-2, 0], ['a gate that passed without a lease']],
    ['passes at no moment after', 'a', [3, 4], ['a gate that passed without a lease']],
    ['passes for no other', 'b', [1, 2], ['a gate that passed without a lease']],
  ] as const)('%s', (_name, agent, [start, end], broken) => {
    for (const argv of ['gate RFC-001', 'gate']) {
      const { story } = claimed();
      story.ran({ agent, argv, during: [start, end], output: open });
      expect(story.broken()).toEqual(broken);
    }
  });

  it('is not shut to one who holds a lease all the time', () => {
    const { story, oid } = claimed();
    story.ran({
      agent: 'a',
      argv: 'gate',
      during: [1, 2],
      status: 1,
      output: { ok: false, documents: [] },
    });
    expect(story.broken()).toEqual(['a gate that was shut to a holder']);
    for (const verdict of ['NOT_CLAIMED', 'LEASE_EXPIRED', 'HELD_BY_OTHER', 'MALFORMED_LEASE']) {
      story.history.processes.length = 1;
      story.ran({ agent: 'a', argv: 'gate RFC-001', during: [1, 2], ...shut(story, verdict, oid) });
      expect(story.broken()).toEqual([UNTRUE]);
    }
  });
});

describe('a gate that sees a lease which is released before it reads its clock', () => {
  it.each([
    ['may find that the lease has run out', 3.2, []],
    ['may not while it had not', 2.9, [UNTRUE]],
  ] as const)('%s', (_name, end, broken) => {
    const { story, oid } = claimed();
    story.land(2.5, { 'RFC-001': undefined });
    const output = { released: 'RFC-001' };
    story.ran({ agent: 'a', argv: 'release RFC-001', during: [2, 3], output });
    const late = shut(story, 'LEASE_EXPIRED', oid);
    story.ran({ agent: 'a', argv: 'gate RFC-001', during: [1.5, end], ...late });
    expect(story.broken()).toEqual(broken);
  });
});

describe('a refusal', () => {
  it.each(['LEASE_LOST', 'LEASE_NOT_FOUND', 'NOT_CLAIMED'])(
    '%s tells of a time without a lease',
    (code) => {
      for (const [during, broken] of [
        [[1, 2], [UNTRUE]],
        [[0, 2], []],
      ] as [[number, number], string[]][]) {
        const { story } = claimed();
        story.ran({
          agent: 'a',
          argv: 'heartbeat RFC-001',
          during,
          ...story.refused(code, 'RFC-001'),
        });
        expect(story.broken()).toEqual(broken);
      }
    },
  );

  it('names a holder that there was', () => {
    const { story } = claimed();
    const never = story.commit({ agent: 'c', acquired: 0 });
    for (const code of ['HELD_BY_OTHER', 'NOT_EXPIRED', 'NOT_HOLDER', 'LEASE_LOST']) {
      story.history.processes.length = 1;
      const refused = story.refused(code, 'RFC-001', never);
      story.ran({ agent: 'b', argv: 'claim RFC-001', during: [1, 2], ...refused });
      expect(story.broken()).toEqual([UNTRUE]);
    }
  });

  it('is the ending that the exit status tells', () => {
    for (const [status, output] of [
      [70, { error: { code: 'INTERNAL' } }],
      [2, { error: { code: 'USAGE' } }],
      [1, undefined],
      [1, [{ released: 'RFC-001' }]],
      [0, { ok: false, documents: [] }],
    ] as const) {
      const { story } = claimed();
      story.ran({ agent: 'a', argv: 'gate RFC-001', during: [1, 2], status, output });
      expect(story.broken()).toEqual(['an ending that no process may have']);
    }
  });
});

/** Histories told by hand, for the tests of the checker: what was asked, said and written. */
import { check } from './checker.ts';
import type { Commit, History, Process } from './history.ts';
import { refOf } from './request.ts';

/** Seconds since 1970 at which every story begins. */
export const T = 1_800_000_000;
export const TTL = 2;
export const GRACE = 2;

interface Lease {
  agent: string;
  /** Seconds after the beginning. */
  acquired: number;
  /** When it was last written; when acquired, if not given. */
  renewed?: number;
  ttl?: number;
  note?: string;
  nonce?: string;
  parents?: number;
}

interface Call {
  id?: string;
  agent: string;
  argv: string;
  /** Seconds after the beginning, from and to. */
  during: [number, number];
  status?: number | null;
  output?: unknown;
}

export class Story {
  readonly history: History = {
    rules: { grace: GRACE, longest: 10, takeover: 'clock' },
    processes: [],
    transactions: [],
    commits: {},
    final: {},
    reflogs: {},
  };
  #number = 0;

  /** A lease commit that some process has prepared. @returns its id */
  commit({ agent, acquired, renewed = acquired, ttl = TTL, ...more }: Lease): string {
    const oid = (++this.#number).toString(16).padStart(40, 'a');
    const commit: Commit = {
      committed: T + renewed,
      parents: more.parents ?? 0,
      message: 'told',
      record: {
        agent,
        acquired: T + acquired,
        expires: T + renewed + ttl,
        ttl,
        nonce: more.nonce ?? this.#number.toString(16).padStart(32, '0'),
        note: more.note ?? 'p1',
      },
    };
    this.history.commits[oid] = commit;
    return oid;
  }

  /** The remote takes moves of documents, from what is there, in one transaction. */
  land(at: number, moves: Record<string, string | undefined>): this {
    const prepared = (T + at) * 1000;
    this.history.transactions.push({
      prepared,
      landed: prepared + 10,
      moves: Object.entries(moves).map(([id, to]) => {
        const ref = refOf(id);
        const from = this.history.final[ref];
        if (to) {
          this.history.final[ref] = to;
          const before = from ? (this.history.reflogs[ref] ?? []) : [];
          this.history.reflogs[ref] = [...before, { ref, ...(from && { from }), to }];
        } else {
          delete this.history.final[ref];
          delete this.history.reflogs[ref];
        }
        return { ref, ...(from && { from }), ...(to && { to }) };
      }),
    });
    return this;
  }

  /** A process; claims have a note, which is its id. */
  ran({ agent, argv, during: [start, end], status = 0, output, id }: Call): this {
    const name = id ?? `p${this.history.processes.length + 1}`;
    const words = argv.split(' ');
    const process: Process = {
      id: name,
      agent,
      clone: '/clone',
      argv: words[0] === 'claim' ? [...words, `--note=${name}`] : words,
      start: (T + start) * 1000,
      end: (T + end) * 1000,
      status,
      ...(output !== undefined && { output }),
    };
    this.history.processes.push(process);
    return this;
  }

  /** What a process prints that has written a lease. */
  told(id: string, oid: string, more: object = {}): object {
    const record = this.history.commits[oid]?.record;
    if (!record) throw new RangeError(oid);
    return {
      ...{ id, type: 'rfc', ref: refOf(id), agent: record.agent },
      ...{ acquired: rfc3339(record.acquired), expires: rfc3339(record.expires) },
      ...more,
    };
  }

  /** What a refusal says of a document that somebody holds. */
  refused(code: string, id: string, oid?: string): { status: 1; output: object } {
    const record = this.history.commits[oid ?? '']?.record;
    const holder = record && { holder: record.agent, expires: rfc3339(record.expires) };
    return { status: 1, output: { error: { code, documents: [{ id, code, ...holder }] } } };
  }

  /** The rules that were broken, each once. */
  broken(): string[] {
    return [...new Set(check(this.history).violations.map(({ rule }) => rule))];
  }
}

function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000', '');
}

/** What a process was asked and what it answered, read off its command line and its output. */
import type { Process } from './history.ts';

export interface Request {
  command: string;
  /** Refs of the documents named, each once. */
  refs: string[];
  all: boolean;
  force: boolean;
  options: ReadonlyMap<string, string>;
}

export function requestOf({ argv: [command = '', ...words] }: Process): Request {
  const options = new Map<string, string>();
  const refs = new Set<string>();
  for (const word of words) {
    const [, name, value = ''] = /^--([a-z-]+)(?:=(.*))?$/.exec(word) ?? [];
    if (name) options.set(name, value);
    else refs.add(refOf(word));
  }
  const all = options.has('all');
  return { command, refs: [...refs].sort(), all, force: options.has('force'), options };
}

export function refOf(id: string): string {
  return `refs/lazyspec/leases/${id.split('-')[0]?.toLowerCase()}/${id}`;
}

/** One document in an answer: a lease written, a document gated or refused. */
export interface Told {
  id?: string;
  ref?: string;
  agent?: string;
  acquired?: string;
  expires?: string;
  renewed?: true;
  tookOverFrom?: string;
  released?: string;
  skipped?: true;
  last?: string;
  verdict?: string;
  holder?: string;
  code?: string;
}

export type Answer =
  /** It may have written, or not: it was killed, or could not find out. */
  | { kind: 'unknown' }
  | { kind: 'done'; documents: Told[] }
  | { kind: 'refused'; code: string; documents: Told[] }
  /** It ended as no process may. */
  | { kind: 'broken'; why: string };

export function answerOf(process: Process): Answer {
  const { status, output } = process;
  if (status === null) return { kind: 'unknown' };
  if (typeof output !== 'object' || output === null) {
    return { kind: 'broken', why: `exit status ${status} with no JSON` };
  }
  const { error, ok, documents } = output as {
    error?: { code: string; documents?: Told[] };
    ok?: boolean;
    documents?: Told[];
  };
  if (error) {
    if (status === 4) return { kind: 'unknown' };
    if (status !== 1 && status !== 3) {
      return { kind: 'broken', why: `exit status ${status}, ${error.code}` };
    }
    return { kind: 'refused', code: error.code, documents: error.documents ?? [] };
  }
  if (ok === false) {
    if (status !== 1) return { kind: 'broken', why: `exit status ${status} from a shut gate` };
    const told = documents ?? [];
    return { kind: 'refused', code: 'GATE', documents: told };
  }
  if (status !== 0) return { kind: 'broken', why: `exit status ${status} with a result` };
  if (ok === true) return { kind: 'done', documents: documents ?? [] };
  return { kind: 'done', documents: (Array.isArray(output) ? output : [output]) as Told[] };
}

export function seconds(rfc3339: string | undefined): number {
  return Date.parse(rfc3339 ?? '') / 1000;
}

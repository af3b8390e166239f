/** Totals of many races. */
import type { Race } from './race.ts';
import { answerOf, requestOf } from './request.ts';

export class Figures {
  readonly #counts = new Map<string, number>();
  races = 0;
  operations = 0;
  violations = 0;
  readonly rules = new Map<string, number>();
  readonly kinds = new Map<string, number>();

  add({ kind, history, verdict, lostSwaps }: Race): void {
    this.races += 1;
    this.operations += history.processes.length;
    this.violations += verdict.violations.length;
    for (const { rule } of verdict.violations) add(this.rules, rule, 1);
    add(this.kinds, kind, history.processes.length);
    const moves = history.transactions.flatMap((one) => one.moves);
    this.#add('transitions', moves.length);
    this.#add('transactions', history.transactions.length);
    this.#add('transactions of several documents', several(history.transactions));
    this.#add('lost swaps', lostSwaps);
    this.#add('killed', history.processes.filter(({ status }) => status === null).length);
    this.#add('killed or indeterminate, and wrote', verdict.unanswered);
    this.#add('written again, the first answer being lost', verdict.repeated);
    this.#add('written in vain, the lease being over at once', verdict.inVain);
    for (const process of history.processes) {
      const { command, options } = requestOf(process);
      const name = options.has('expected-holder') ? `${command} by an administrator` : command;
      const answer = answerOf(process);
      if (answer.kind === 'refused') this.#add(`refused: ${name}: ${answer.code}`, 1);
      if (answer.kind === 'unknown' && process.status !== null) this.#add('indeterminate', 1);
      if (answer.kind !== 'done') continue;
      this.#add(`done: ${name}`, 1);
      for (const told of answer.documents) {
        if (told.skipped) this.#add('documents throttled', 1);
        else if (told.tookOverFrom) this.#add('documents taken over', 1);
        else if (told.released) this.#add('documents released', 1);
        else if (told.renewed) this.#add('documents renewed', 1);
        else if (told.verdict === undefined) this.#add('documents claimed', 1);
      }
    }
  }

  #add(name: string, by: number): void {
    add(this.#counts, name, by);
  }

  /** `name  number`, in columns. */
  lines(): string[] {
    const counts = [...this.#counts].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
    const rows: [string, number][] = [
      ['races', this.races],
      ['operations', this.operations],
      ...[...this.kinds].map(([kind, n]) => [`operations: ${kind}`, n] as [string, number]),
      ...counts,
      ['violations', this.violations],
      ...[...this.rules].map(([rule, n]) => [`violations: ${rule}`, n] as [string, number]),
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    return rows.map(([name, n]) => `${name.padEnd(width)}  ${n.toLocaleString('en').padStart(8)}`);
  }
}

const ORDER = ['transitions', 'transactions', 'lost', 'done', 'documents', 'refused', 'killed'];

function rank(name: string): number {
  const index = ORDER.findIndex((start) => name.startsWith(start));
  return index < 0 ? ORDER.length : index;
}

function several(transactions: Race['history']['transactions']): number {
  return transactions.filter(({ moves }) => moves.length > 1).length;
}

function add(counts: Map<string, number>, name: string, by: number): void {
  counts.set(name, (counts.get(name) ?? 0) + by);
}

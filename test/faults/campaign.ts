/** Every fault at every git call of every subject, or part of that. */
import type { Fault } from './faults.ts';
import { FAULT_NAMES, hangs } from './faults.ts';
import type { Call } from './faulty-git.ts';
import type { Injection, Observed } from './judge.ts';
import { secondViolations, violations } from './judge.ts';
import type { Subject } from './subjects.ts';
import type { State } from './world.ts';
import { World } from './world.ts';

export interface Judged extends Injection {
  violations: string[];
}

/** One subject in its world. */
export class Trial {
  readonly subject: Subject;
  readonly calls: readonly Call[];
  readonly #world: World;

  private constructor(subject: Subject, world: World, calls: readonly Call[]) {
    this.subject = subject;
    this.calls = calls;
    this.#world = world;
  }

  /** @throws where the subject does not end as it should with a whole git */
  static async create(subject: Subject): Promise<Trial> {
    const world = await World.create(subject);
    const { ran, calls } = await world.act();
    const { status } = subject.usual;
    if (ran.status !== status) {
      throw new Error(`${subject.name}: ${ran.status}, not ${status}\n${ran.stdout}${ran.stderr}`);
    }
    return new Trial(subject, world, calls);
  }

  /** Whether a fault can happen at a call: the shell hook waits for its git as long as it takes. */
  admits(call: Call, fault: Fault): boolean {
    return !(hangs(fault) && call.startsWith('hook.sh '));
  }

  async inject(call: Call, fault: Fault): Promise<Judged> {
    const world = this.#world;
    const injection = { subject: this.subject, call, fault };
    const waits = hangs(fault) && /^(fetch|push|ls-remote) /.test(call);
    world.restore(waits ? { patience: '4s' } : {});
    const before = await world.state();
    const { ran, met } = await world.act({ call, fault });
    const first: Observed = { ran, before, after: await world.state() };
    const found = violations(injection, first);
    if (!met) found.push('the fault was not met');
    if (waits) world.wait('60s');
    // Where all is as before, the same command ends as it did before the fault.
    if (!isSame(before, first.after)) {
      const again = await world.act();
      const second = { ran: again.ran, before, after: await world.state() };
      found.push(...secondViolations(injection, first, second));
    }
    return { ...injection, violations: found };
  }

  async dispose(): Promise<void> {
    await this.#world.dispose();
  }
}

function isSame(one: State, other: State): boolean {
  return equal(one.refs, other.refs) && equal(one.files, other.files);
}

function equal(one: Map<string, string>, other: Map<string, string>): boolean {
  return one.size === other.size && [...one].every(([key, value]) => other.get(key) === value);
}

/** Faults that follow each other are of different kinds: it has no divisor in common with their number. */
const STRIDE = 7;

/** Calls and faults such that each is met early: a diagonal at a time. */
export function* pairs(trial: Trial, start = 0): Generator<{ call: Call; fault: Fault }> {
  for (let round = 0; round < FAULT_NAMES.length; round++) {
    for (const [index, call] of trial.calls.entries()) {
      const fault = FAULT_NAMES[((index + round) * STRIDE + start) % FAULT_NAMES.length];
      if (fault && trial.admits(call, fault)) yield { call, fault };
    }
  }
}

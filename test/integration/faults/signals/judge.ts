/** What must hold after a signal, whatever was cut off: each thing that does not, in words. */
import type { Ran } from '../../../helpers/sandbox.ts';
import type { Act } from './acts.ts';
import type { Fault, Leases, World } from './world.ts';
import { LONG, REFS } from './world.ts';

const INTERRUPTED = { INT: 130, TERM: 143 } as Record<string, number>;

interface Told {
  status: number | null;
  code?: string;
}

/** Carries out an act with a fault, and again without. @returns undefined where it did not come */
export async function violations(
  world: World,
  act: Act,
  fault: Fault,
): Promise<string[] | undefined> {
  const before = await world.reset(act);
  const others = await otherRefs(world, act);
  const ran = await world.struck(act, fault);
  if (!ran) return undefined;
  const found: string[] = [];
  const insist = (right: boolean, what: string) => {
    if (!right) found.push(what);
  };

  const told = toldBy(act, fault, ran, insist);
  const after = await world.leases();
  const isOld = String(after) === String(before);
  const isDone = await reached(world, act, before, after);
  insist((await otherRefs(world, act)) === others, 'another ref has changed');
  insist(world.leftovers().length === 0, `left behind: ${world.leftovers()}`);
  const noted = world.noted();
  insist(noted === undefined || !Number.isNaN(noted), 'half a state file');

  if (fault.overtaken) {
    const given = act.name === 'release' && told.status === 0; // before the other came
    insist(after[0] === world.taken, "another's lease was overwritten");
    insist(told.status !== 0 || given, 'tells of success after another has taken the lease');
    insist(noted === undefined, 'notes a heartbeat after another has taken the lease');
    const again = await world.again(act);
    insist(again.status === 1, `run again, it ends with ${again.status} under another's lease`);
    insist((await world.leases())[0] === world.taken, 'run again, it overwrites the lease');
    return found;
  }

  insist(isOld || isDone, `neither old nor new: ${after}`);
  insist(told.status !== 0 || isDone, 'tells of success without it');
  insist(told.code !== 'CANCELLED' || isOld, 'tells that nothing was changed, and something was');
  if (isGate(act)) {
    insist(told.status !== 0, 'passes though it was interrupted');
    if (act.git) insist(!(await world.passed(act)), 'git went on');
  }
  if (noted !== undefined) insist(isDone, 'notes a heartbeat that was not sent');

  const again = await world.again(act);
  const expired = isGate(act) && fault.signal === 'STOP';
  const doneBefore = act.doneBefore !== undefined && again.stdout.includes(act.doneBefore);
  insist(
    again.status === (expired || doneBefore ? 1 : 0),
    `run again, it ends with ${again.status}: ${again.stdout}${again.stderr}`,
  );
  const end = await world.leases();
  insist(await reached(world, act, before, end), `run again, it does not reach its end: ${end}`);
  return found;
}

/** The exit status, and the one JSON value, that fit the signal. */
function toldBy(
  act: Act,
  { signal, overtaken }: Fault,
  ran: Ran,
  insist: (right: boolean, what: string) => void,
): Told {
  if (act.git) return { status: ran.status };
  if (signal === 'KILL') {
    insist(ran.signal === 'SIGKILL' && ran.stdout === '', `was not killed: ${ran.stdout}`);
    return { status: null };
  }
  const code = errorCode(ran.stdout, insist);
  const words = `${signal}: status ${ran.status}, ${code}: ${ran.stderr}`;
  if (signal === 'STOP') {
    // Nothing failed: it is done, or it is refused.
    insist(ran.status === 0 || ran.status === 1, words);
    insist(overtaken || isGate(act) || ran.status === 0, words);
  } else {
    const interrupted = ran.status === INTERRUPTED[signal] && code === 'CANCELLED';
    const unknown = ran.status === 4 && code === 'INDETERMINATE';
    insist(interrupted || unknown || (ran.status === 0 && code === undefined), words);
  }
  return { status: ran.status, ...(code && { code }) };
}

function errorCode(
  stdout: string,
  insist: (right: boolean, what: string) => void,
): string | undefined {
  try {
    return JSON.parse(stdout).error?.code;
  } catch {
    insist(false, `is not one JSON value: ${stdout}`);
    return undefined;
  }
}

/** Whether the leases are what the act is to bring about. */
async function reached(world: World, act: Act, before: Leases, now: Leases): Promise<boolean> {
  const each = await Promise.all(
    act.after.map(async (wanted, index) => {
      const [was = '', is = ''] = [before[index], now[index]];
      if (wanted === 'new') return world.isNew(is, was);
      return wanted === 'absent' ? is === '' : is === was;
    }),
  );
  return each.every(Boolean);
}

function isGate({ after }: Act): boolean {
  return after[0] === 'mine';
}

/** Every ref that no act may change. */
async function otherRefs(world: World, act: Act): Promise<string> {
  const mayChange = [
    ...REFS.slice(0, act.before.length),
    ...(act.git ? ['refs/heads/work', 'refs/heads/main', 'refs/remotes/origin/work'] : []),
  ];
  return [...(await world.refs())]
    .filter(([ref]) => !mayChange.includes(ref))
    .map(String)
    .join('\n');
}

/** In words: `claim, push 1 at its end, KILL`. */
export function nameOf({ name }: Act, { step, signal, overtaken }: Fault): string {
  const how =
    signal === 'STOP' ? `stopped for ${LONG} s${overtaken ? ', and overtaken' : ''}` : signal;
  return `${name}, ${step.call} ${step.nth} at its ${step.at}: ${how}`;
}

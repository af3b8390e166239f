/**
 * Times are taken in rounds, all cases in turn within each, so that a machine that slows down slows
 * all of them; what is reported is the median of what each round gave, a ratio above all.
 */
import { spawnSync } from 'node:child_process';

export interface Case {
  name: string;
  /** Not timed. */
  before?: () => unknown;
  act: () => unknown;
}

/** Milliseconds of each case in each round. */
export type Samples = ReadonlyMap<string, readonly number[]>;

export async function paired(
  cases: readonly Case[],
  rounds: number,
  progress: (text: string) => void,
): Promise<Samples> {
  const samples = new Map<string, number[]>(cases.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    progress(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
    // Forth and back, so that no case always comes after the same one.
    const order = round % 2 === 0 ? cases : [...cases].reverse();
    for (const { name, before, act } of order) {
      await before?.();
      const start = performance.now();
      await act();
      if (round > 0) samples.get(name)?.push(performance.now() - start);
    }
  }
  return samples;
}

/** The median, and between what eight of ten were. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number) => sorted[Math.round((sorted.length - 1) * q)] ?? Number.NaN;
  return { median: at(0.5), low: at(0.1), high: at(0.9) };
}

export function of(samples: Samples, name: string): readonly number[] {
  const values = samples.get(name);
  if (!values) throw new Error(`${name} was not measured`);
  return values;
}

export function ratio(samples: Samples, name: string, base: string): Spread {
  const others = of(samples, base);
  return spread(of(samples, name).map((value, round) => value / (others[round] ?? Number.NaN)));
}

/** What one case takes more than another, in units of a third. */
export function excess(samples: Samples, name: string, base: string, unit: string): Spread {
  const [bases, units] = [of(samples, base), of(samples, unit)];
  return spread(
    of(samples, name).map((value, i) => (value - (bases[i] ?? 0)) / (units[i] ?? Number.NaN)),
  );
}

/** Runs a program to its end, which has to be a good one. */
export function must(
  program: string,
  args: readonly string[],
  { cwd, env, input }: { cwd: string; env: NodeJS.ProcessEnv; input?: string },
): string {
  const ran = spawnSync(program, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...(input !== undefined && { input }),
  });
  if (ran.status === 0) return ran.stdout;
  throw new Error(`${program} ${args.slice(0, 5).join(' ')}: ${ran.stderr || ran.error}`);
}

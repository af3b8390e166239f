/**
 * How doctor knows that it was our hook which refused, and not another that ran before it: where
 * $LAZYSPEC_PROBE names a file, each of our hooks adds a line to it that tells how it judged.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';

export const PROBE_VARIABLE = 'LAZYSPEC_PROBE';

export type Judgement = 'pass' | 'refused';

export function isProbed(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env[PROBE_VARIABLE]);
}

/** Judges, and notes how; an error is a refusal, because the hook then fails as well. */
export async function noted<T extends { result: { ok: boolean } }>(
  env: NodeJS.ProcessEnv,
  hook: string,
  judge: () => Promise<T>,
): Promise<T> {
  const file = env[PROBE_VARIABLE];
  if (!file) return judge();
  let judgement: Judgement = 'refused';
  try {
    const outcome = await judge();
    if (outcome.result.ok) judgement = 'pass';
    return outcome;
  } finally {
    appendFileSync(file, `${hook} ${judgement}\n`);
  }
}

/** How our hook judged, each time that it ran. */
export function readProbeNote(file: string, hook: string): Judgement[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [name, judgement] = line.split(' ');
    return name === hook && (judgement === 'pass' || judgement === 'refused') ? [judgement] : [];
  });
}

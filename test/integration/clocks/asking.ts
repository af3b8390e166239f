/** One clone whose program has a clock of its own, and a document for each scenario. */
import { Clock } from '../../helpers/clocks.ts';
import { plant } from '../../helpers/leases.ts';
import type { Clone } from '../../helpers/sandbox.ts';
import { Sandbox } from '../../helpers/sandbox.ts';

export const HOUR = 3600;
/** `grace_period`, as it is where nothing is configured. */
export const GRACE = 120;
/** 2100-01-01T00:00:00Z */
export const YEAR_2100 = 4_102_444_800;

export interface Asking {
  sandbox: Sandbox;
  clone: Clone;
  clock: Clock;
  /** A document that no scenario has had before; what is remembered of others does not matter. */
  next(): { id: string; ref: string };
  /** Runs lazyspec-lease by the clone's clock, with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: what is printed is what the tests look into
  ask(...args: string[]): Promise<any>;
  /** In short: the code of the error, or else what was done. */
  outcome(...args: string[]): Promise<string>;
}

export async function asking(coordination = ''): Promise<Asking> {
  const sandbox = await Sandbox.create({ '.lazyspec.toml': `[coordination]\n${coordination}` });
  const clone = await sandbox.clone('agent-a');
  const clock = new Clock(sandbox);
  let number = 100;
  const ask = (...args: string[]) => clone.json(args, { env: clock.env });
  return {
    ...{ sandbox, clone, clock, ask },
    next() {
      clock.set({});
      number += 1;
      return { id: `RFC-${number}`, ref: `refs/lazyspec/leases/rfc/RFC-${number}` };
    },
    async outcome(...args) {
      const told = await ask(...args);
      if (told.error) return told.error.code;
      if (told.tookOverFrom) return `took over from ${told.tookOverFrom}`;
      return told.renewed ? 'renewed' : 'done';
    },
  };
}

/** A lease of agent-b by whatever clock. @param committed and `expires`: seconds since 1970 */
export function plantLease(
  { sandbox }: Asking,
  ref: string,
  lease: { committed: number; expires: number; ttl?: number; acquired?: number },
): Promise<string> {
  const { committed, expires, ttl, acquired = committed } = lease;
  const content = {
    agent: 'agent-b',
    acquired,
    expires,
    ...(ttl && { ttl }),
    nonce: `${Math.random()}`,
  };
  return plant(sandbox, { ref, content, committed });
}

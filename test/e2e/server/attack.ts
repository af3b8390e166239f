/** One thing that an account tries against another. */
import type { RawUpdate } from './raw-push.ts';
import type { Scene } from './scene.ts';

export interface Attack {
  title: string;
  /** What the attacker reads; `{me}`, `{other}` and `{id}` are filled in. */
  told: string;
  /** The other's document that is attacked, or that of nobody. */
  on?: (scene: Scene) => string;
  /** A push that comes first. It may get in: what matters is what can be done after it. */
  first?: (scene: Scene) => Push | Promise<Push>;
  push: (scene: Scene) => Push | Promise<Push>;
}

/** What stands after `git push --force origin`; or what another client sends. */
export type Push = readonly string[] | { raw: readonly RawUpdate[] };

export interface Expected {
  me: string;
  other: string;
  id: string;
}

/** What has to be read, with the names filled in. */
export function filledIn(told: string, names: Expected): string {
  return told.replace(/\{(me|other|id)\}/g, (_, name: keyof Expected) => names[name]);
}

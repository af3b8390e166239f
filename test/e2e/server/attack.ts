/** One thing that an account tries against another. */
import type { RawUpdate } from './raw-push.ts';
import type { Scene } from './scene.ts';

export interface Attack {
  title: string;
  /** What the attacker reads; `{me}`, `{other}` and `{id}` are filled in. */
  told: string;
  /** The other's document that is attacked, or that of nobody. */
  on?: (rivals: Rivals) => string;
  /** A push that comes first. It may get in: what matters is what can be done after it. */
  first?: (scene: Scene) => Push | Promise<Push>;
  push: (scene: Scene) => Push | Promise<Push>;
}

export type Rivals = Pick<Scene, 'me' | 'other'>;

/** What stands after `git push --force origin`; or what another client sends. */
export type Push = readonly string[] | { raw: readonly RawUpdate[] };

/** What has to be read, with the names filled in. */
export function toldTo({ told, on }: Attack, { me, other }: Rivals): string {
  const names = { me, other, id: on?.({ me, other }) ?? '' };
  return told.replace(/\{(me|other|id)\}/g, (_, name: keyof typeof names) => names[name]);
}

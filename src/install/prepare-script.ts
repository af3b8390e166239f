/** `install --save`: package.json's `prepare` script, by which every clone installs by itself. */
import { LazyspecError } from '../errors.ts';
import { readJson, removeJson, setJson } from './edit-json.ts';
import type { Files } from './files.ts';
import type { Place } from './place.ts';
import { packageJsonPath } from './place.ts';

/** Without development dependencies the program is not there, which is no failure. */
const OURS = 'lazyspec-hooks install --quiet || true';
const PATH = ['scripts', 'prepare'];

/** @throws {LazyspecError} USAGE where there is no package.json */
export function saveScript(place: Place, files: Files): void {
  const path = packageJsonPath(place);
  if (path === undefined) {
    throw new LazyspecError('USAGE', `there is no package.json for --save, up to ${place.root}`, {
      remedy: 'Run npm init first, or have each clone run: npx lazyspec-hooks install',
    });
  }
  files.edit(path, (text = '') => {
    const script = scriptIn(path, text);
    if (script?.includes('lazyspec-hooks install')) return text;
    return setJson(path, text, PATH, script ? `${script} && (${OURS})` : OURS);
  });
}

export function unsaveScript(place: Place, files: Files): void {
  const path = packageJsonPath(place);
  if (path === undefined || !files.read(path)?.includes(OURS)) return;
  files.edit(path, (text = '') => {
    const script = scriptIn(path, text);
    if (script === OURS) return removeJson(path, text, PATH, { pruneEmpty: true });
    const added = ` && (${OURS})`;
    return script?.endsWith(added)
      ? setJson(path, text, PATH, script.slice(0, -added.length))
      : text;
  });
}

function scriptIn(path: string, text: string): string | undefined {
  const { scripts } = (readJson(path, text) ?? {}) as { scripts?: { prepare?: unknown } };
  return typeof scripts?.prepare === 'string' ? scripts.prepare : undefined;
}

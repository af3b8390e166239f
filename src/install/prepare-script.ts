/** `install --save`: package.json's `prepare` script, by which every clone installs by itself. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LazyspecError } from '../errors.ts';
import { readJson, removeJson, setJson } from './edit-json.ts';
import type { Files } from './files.ts';
import type { Place } from './place.ts';
import { foldersUp, packageJsonPath, packageJsonPaths } from './place.ts';

/** Without development dependencies the program is not there, which is no failure. */
const OURS = 'lazyspec-hooks install --quiet || true';
const NAMES = ['prepare', 'postinstall'] as const;

/** @throws {LazyspecError} USAGE where there is no package.json */
export function saveScript(place: Place, files: Files): void {
  const path = packageJsonPath(place);
  if (path === undefined) {
    throw new LazyspecError('USAGE', `there is no package.json for --save, up to ${place.root}`, {
      remedy: 'Run npm init first, or have each clone run: npx lazyspec-hooks install',
    });
  }
  const name = scriptName(place, files, path);
  files.edit(path, (text = '') => {
    const script = scriptIn(path, text, name);
    if (script?.includes('lazyspec-hooks install')) return text;
    return setJson(path, text, ['scripts', name], script ? `${script} && (${OURS})` : OURS);
  });
}

export function unsaveScript(place: Place, files: Files): void {
  for (const path of packageJsonPaths(place)) {
    // One that does not name us need not even be one that can be read.
    if (!files.mentions(path, OURS)) continue;
    for (const name of NAMES) files.edit(path, (text = '') => withoutOurs(path, text, name));
  }
}

function withoutOurs(path: string, text: string, name: string): string {
  const script = scriptIn(path, text, name);
  if (script === OURS) return removeJson(path, text, ['scripts', name], { pruneEmpty: true });
  const added = ` && (${OURS})`;
  if (!script?.endsWith(added)) return text;
  return setJson(path, text, ['scripts', name], script.slice(0, -added.length));
}

function scriptIn(path: string, text: string, name: string): string | undefined {
  const { scripts } = (readJson(path, text) ?? {}) as { scripts?: Record<string, unknown> };
  const script = scripts?.[name];
  return typeof script === 'string' ? script : undefined;
}

/** yarn runs no `prepare` after an install since version 2. */
function scriptName(place: Place, files: Files, path: string): (typeof NAMES)[number] {
  const agent = place.env.npm_config_user_agent ?? '';
  const { packageManager } = (readJson(path, files.read(path) ?? '{}') ?? {}) as {
    packageManager?: unknown;
  };
  const isYarn2 =
    /^yarn\/([2-9]|\d\d)/.test(agent) ||
    /^yarn@([2-9]|\d\d)/.test(String(packageManager)) ||
    foldersUp(place).some((folder) => existsSync(join(folder, '.yarnrc.yml')));
  return isYarn2 ? 'postinstall' : 'prepare';
}

/**
 * husky: a few lines at the top of `.husky/<hook>`. At the top, because what stands there may end
 * with `exec` or `exit`, and because whoever is refused should not wait for the linters first.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Hook } from '../../hook-names.ts';
import { HOOKS } from '../../hook-names.ts';
import type { Files } from '../files.ts';
import type { Place } from '../place.ts';
import type { Manager } from './manager.ts';

export const husky: Manager = {
  name: 'husky',

  async detect(place) {
    const folder = activeFolder(place);
    if (folder) return { active: true, because: `core.hooksPath is ${place.hooksFolder}` };
    const scripts = join(place.root, '.husky');
    return existsSync(scripts) ? { active: false, because: `${scripts} exists` } : undefined;
  },

  async install(place, files) {
    eachHook(place, files, (hook, text = '') => {
      const block = ours(hook, place);
      return text.includes(block) ? text : withBlock(withoutBlock(text), block);
    });
    if (activeFolder(place)) return {};
    return { notes: ['husky is not set up in this clone yet. Run: npx husky'] };
  },

  async uninstall(place, files) {
    eachHook(place, files, (_, text) => {
      if (text === undefined) return undefined;
      const rest = withoutBlock(text);
      return rest === '' && rest !== text ? undefined : rest;
    });
    return {};
  },

  unheard(place) {
    return HOOKS.filter((hook) => !existsSync(join(place.hooksFolder, hook)));
  },
};

function eachHook(
  place: Place,
  files: Files,
  change: (hook: Hook, text: string | undefined) => string | undefined,
): void {
  const folder = activeFolder(place) ?? join(place.root, '.husky');
  for (const hook of HOOKS) files.edit(join(folder, hook), (text) => change(hook, text));
}

/** The folder of the scripts that husky runs; undefined where git does not run husky. */
function activeFolder({ hooksFolder }: Place): string | undefined {
  // husky 9 sets core.hooksPath to `.husky/_`, which it fills anew; husky 5 to 8 to `.husky`.
  if (basename(hooksFolder) === '_') {
    const isHuskys = ['h', 'husky.sh'].some((name) => existsSync(join(hooksFolder, name)));
    const named = basename(dirname(hooksFolder)) === '.husky';
    return isHuskys || named ? dirname(hooksFolder) : undefined;
  }
  return existsSync(join(hooksFolder, '_', 'husky.sh')) ? hooksFolder : undefined;
}

const BEGIN = '# lazyspec-hooks: refuses changes to documents that you have not claimed';
const END = '# lazyspec-hooks: end';

function ours(hook: Hook, place: Place): string {
  const command = place.command(hook);
  const lines =
    hook === 'pre-push'
      ? [
          // git's lines are for every command in the file, and can be read only once.
          'lazyspec_pushed=$(cat)',
          'if [ -n "$lazyspec_pushed" ]; then',
          `  printf '%s\\n' "$lazyspec_pushed" | ${command} "$@" || exit`,
          '  exec <<LAZYSPEC_PUSHED',
          '$lazyspec_pushed',
          'LAZYSPEC_PUSHED',
          'else',
          '  exec </dev/null',
          'fi',
        ]
      : [`${command} "$@" || exit`];
  return [BEGIN, ...lines, END, ''].join('\n');
}

/** Below the shebang, or the line by which husky 5 to 8 take over: above it all would run twice. */
function withBlock(text: string, block: string): string {
  const line = /^\. .*husky\.sh.*\n/m.exec(text) ?? /^#!.*\n/.exec(text);
  const at = line ? line.index + line[0].length : 0;
  return text.slice(0, at) + block + text.slice(at);
}

/** Also a block that an older version of us wrote, or that names another path. */
function withoutBlock(text: string): string {
  const start = text.indexOf(`${BEGIN}\n`);
  const end = text.indexOf(`${END}\n`, start);
  if (start < 0 || end < 0) return text;
  return text.slice(0, start) + text.slice(end + END.length + 1);
}

/**
 * Our hooks as git's configuration names them (git 2.54): `hook.<name>.event`, `hook.<name>.command`
 * in the configuration that all work trees of the clone share. The command runs a copy of our hook
 * (hook-copies.ts), so that it works after the clone has been moved, and says what to do once the
 * package is gone.
 */
import { join } from 'node:path';
import type { Hook } from '../hook-names.ts';
import { AFTER_HOOKS } from '../hook-names.ts';
import type { Files } from './files.ts';
import type { Place } from './place.ts';

export function configuredInstall(place: Place, files: Files, hooks: readonly Hook[]): void {
  editConfig(place, files, (text) => {
    if (areIn(text, hooks)) return text;
    return withNewline(hooks.reduce(withoutSection, text)) + hooks.map(section).join('');
  });
}

export function configuredUninstall(place: Place, files: Files, hooks: readonly Hook[]): void {
  editConfig(place, files, (text) => hooks.reduce(withoutSection, text));
}

function editConfig({ commonDir }: Place, files: Files, change: (text: string) => string): void {
  // With git's own lock: no `git config` that runs at the same time is lost.
  files.edit(join(commonDir, 'config'), (text = '') => change(text), { locked: true });
}

/**
 * git runs a command of its configuration by `sh -c '<command> "$@"'`, at the top of the work tree,
 * and sets GIT_DIR where `.git` there is not the git directory (linked work trees, submodules). By way
 * of refs, because `git-new-workdir` links those, and the configuration, but not our folder.
 */
function section(hook: Hook): string {
  // `git worktree add` sets nothing, though `.git` is a file there.
  const isAfter = (AFTER_HOOKS as readonly Hook[]).includes(hook);
  const place = isAfter
    ? 'd=$(git rev-parse --git-common-dir)'
    : `d=\${GIT_DIR:-.git}; [ ! -f \\"$d/commondir\\" ] || d=$d/../..`;
  const command = `${place}; sh \\"$d/refs/../lazyspec/hooks/${hook}\\"`;
  return `[hook "lazyspec-${hook}"]\n\tevent = ${hook}\n\tcommand = "${command}"\n`;
}

/** Without the section, also where something was added to it since (`enabled = false`). */
function withoutSection(text: string, hook: Hook): string {
  const header = `[hook "lazyspec-${hook}"]`;
  let inOurs = false;
  const kept = text.split(/(?<=\n)/).filter((line) => {
    // What stands at the left edge, a comment or the next section, is no part of it.
    if (/^\S/.test(line)) inOurs = line.trim() === header;
    return !inOurs;
  });
  return kept.join('');
}

/** Whether our sections are there, and nothing in them that is not ours. */
function areIn(text: string, hooks: readonly Hook[]): boolean {
  return hooks.every((hook) => {
    const size = text.length - withoutSection(text, hook).length;
    return text.includes(section(hook)) && size === section(hook).length;
  });
}

function withNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

import { sep } from 'node:path';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { InstallResult } from '../commands/install.ts';
import type { Step, WriteStep } from '../install/apply.ts';
import { printable } from './printable.ts';
import type { Paint } from './terminal.ts';

export function installedLines(result: InstallResult, dryRun: boolean, paint: Paint): string[] {
  const { skipped, steps, manager, because, types = [], notes } = result;
  if (skipped) return [printable(`Nothing was installed: ${skipped}`)];
  const done = steps.length === 0 ? 'are installed already' : 'are installed';
  const where = manager === 'git' ? `in ${because}` : `through ${manager} (${because})`;
  return [
    ...stepLines(result, dryRun, paint),
    ...(dryRun && steps.length > 0 ? [] : [paint.green(printable(`The hooks ${done} ${where}`))]),
    ...types
      .filter(({ state }) => state === 'ok')
      .flatMap(({ message, details = [message] }) => details.map((line) => printable(`  ${line}`))),
    ...notes.map((note) => paint.yellow(printable(note))),
    ...(dryRun ? [] : ['See that they work: npx lazyspec-hooks doctor']),
    ...(dryRun ? [] : ['Undo it with: npx lazyspec-hooks uninstall']),
  ];
}

export function uninstalledLines(result: InstallResult, dryRun: boolean, paint: Paint): string[] {
  const { steps, hooksFolder, notes } = result;
  const told = notes.map((note) => paint.yellow(printable(note)));
  if (steps.length === 0) {
    return [printable(`Nothing of ours is installed in ${hooksFolder}`), ...told];
  }
  return [
    ...stepLines(result, dryRun, paint),
    ...told,
    ...(dryRun ? [] : [paint.green('The hooks are gone')]),
  ];
}

function stepLines({ steps, root }: InstallResult, dryRun: boolean, paint: Paint): string[] {
  const shown = steps.map((step) => withShortPaths(step, root));
  if (!dryRun) return shown.map((step) => printable(`  ${inWords(step)}`));
  return shown.flatMap((step) => diff(step, paint));
}

/** Paths from the top of the work tree, where they are below it. */
function withShortPaths(step: Step, root: string | undefined): Step {
  const short = (path: string) =>
    root && path.startsWith(root + sep) ? path.slice(root.length + 1) : path;
  return {
    ...step,
    path: short(step.path),
    ...(step.do === 'keep' && { as: short(step.as) }),
    ...(step.do === 'rename' && { to: short(step.to) }),
  };
}

function inWords(step: Step): string {
  switch (step.do) {
    case 'write':
      return `${step.before ? 'changed' : 'wrote'} ${step.path}${step.theirs ? '; your lines stay in it' : ''}`;
    case 'keep':
      return /\.edited-lazyspec[-\d]*$/.test(step.as)
        ? `kept our hook as it was edited as ${step.as}; nothing runs it`
        : `kept the hook that was there as ${step.as}; it still runs, before ours`;
    case 'rename':
      return `put back ${step.to}`;
    case 'remove':
      return `removed ${step.path}`;
    case 'run':
      return `ran ${step.shown}`;
  }
}

/** A step as git would show it. */
function diff(step: Step, paint: Paint): string[] {
  switch (step.do) {
    case 'keep':
      return [
        paint.bold(printable(`copy from ${step.path}`)),
        paint.bold(printable(`copy to ${step.as}`)),
      ];
    case 'rename':
      return [
        paint.bold(printable(`rename from ${step.path}`)),
        paint.bold(printable(`rename to ${step.to}`)),
      ];
    case 'remove':
      return [paint.bold(printable(`delete ${step.path}`))];
    case 'run':
      return [paint.bold(printable(`run ${step.shown}`))];
    case 'write':
      return patch(step, paint);
  }
}

function patch({ path, before, content, own }: WriteStep, paint: Paint): string[] {
  if (own) return [paint.bold(printable(`write ${path}`))];
  const from = before ? path : '/dev/null';
  const old = before?.toString('utf8') ?? '';
  const text = createTwoFilesPatch(from, path, old, content.toString('utf8'), '', '', {
    headerOptions: FILE_HEADERS_ONLY,
  });
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line) => {
    const shown = printable(line);
    if (/^(---|\+\+\+) /.test(line)) return paint.bold(shown);
    if (line.startsWith('+')) return paint.green(shown);
    return line.startsWith('-') ? paint.red(shown) : shown;
  });
}

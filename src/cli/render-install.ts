import { createTwoFilesPatch } from 'diff';
import type { InstallResult } from '../commands/install.ts';
import type { Step } from '../install/apply.ts';
import { printable } from './printable.ts';
import type { Paint } from './terminal.ts';

export function installedLines(result: InstallResult, dryRun: boolean, paint: Paint): string[] {
  const { skipped, steps, manager, because, hooksFolder, notes } = result;
  if (skipped) return [printable(`Nothing was installed: ${skipped}`)];
  const done = steps.length === 0 ? 'are installed already' : 'are installed';
  const through = manager === 'git' ? `in ${hooksFolder}` : `through ${manager} (${because})`;
  return [
    ...stepLines(steps, dryRun, paint),
    ...(dryRun && steps.length > 0
      ? []
      : [paint.green(printable(`The hooks ${done}, ${through}`))]),
    ...notes.map((note) => paint.yellow(printable(note))),
    ...(dryRun ? [] : ['See that they work: npx lazyspec-hooks doctor']),
    ...(dryRun ? [] : ['Undo it with: npx lazyspec-hooks uninstall']),
  ];
}

export function uninstalledLines(result: InstallResult, dryRun: boolean, paint: Paint): string[] {
  const { steps, hooksFolder, notes } = result;
  if (steps.length === 0) return [printable(`Nothing of ours is installed in ${hooksFolder}`)];
  return [
    ...stepLines(steps, dryRun, paint),
    ...notes.map((note) => paint.yellow(printable(note))),
    ...(dryRun ? [] : [paint.green('The hooks are gone')]),
  ];
}

function stepLines(steps: readonly Step[], dryRun: boolean, paint: Paint): string[] {
  if (!dryRun) return steps.map((step) => printable(`  ${inWords(step)}`));
  return steps.flatMap((step) => diff(step, paint));
}

function inWords(step: Step): string {
  switch (step.do) {
    case 'write':
      return `${step.before ? 'changed' : 'wrote'} ${step.path}`;
    case 'keep':
      return `kept the hook that was there as ${step.as}; it still runs, before ours`;
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

function patch({ path, before, content }: Extract<Step, { do: 'write' }>, paint: Paint): string[] {
  const from = before ? path : '/dev/null';
  const old = before?.toString('utf8') ?? '';
  const text = createTwoFilesPatch(from, path, old, content.toString('utf8'), '', '');
  // Without the line of `=` that comes before a patch in some formats.
  const lines = text.replace(/\n$/, '').split('\n').slice(1);
  return lines.map((line) => {
    const shown = printable(line);
    if (/^(---|\+\+\+) /.test(line)) return paint.bold(shown);
    if (line.startsWith('+')) return paint.green(shown);
    return line.startsWith('-') ? paint.red(shown) : shown;
  });
}

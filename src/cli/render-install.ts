import type { InstallResult } from '../commands/install.ts';
import type { Step } from '../install/apply.ts';
import { printable } from './printable.ts';
import type { Paint } from './terminal.ts';

export function installedLines(result: InstallResult, dryRun: boolean, paint: Paint): string[] {
  const { steps, hooksFolder, passing, coordinated } = result;
  const done = steps.length === 0 ? 'are installed already' : 'are installed';
  return [
    ...stepLines(steps, dryRun, paint),
    ...(dryRun ? [] : [paint.green(printable(`The hooks ${done} in ${hooksFolder}`))]),
    ...(coordinated ? [] : [NOT_COORDINATED]),
    ...(passing ? [PASSING] : []),
    ...(dryRun ? [] : ['Undo it with: npx lazyspec-hooks uninstall']),
  ];
}

const NOT_COORDINATED =
  'Nothing is gated yet: coordination is not configured; add a [coordination] section to .lazyspec.toml';
const PASSING =
  'This copy of lazyspec-hooks is in the cache of npx. Give the hooks one that stays: npm install --save-dev lazyspec-hooks';

export function uninstalledLines(result: InstallResult, dryRun: boolean, paint: Paint): string[] {
  const { steps, hooksFolder } = result;
  if (steps.length === 0) return [printable(`Nothing of ours is installed in ${hooksFolder}`)];
  return [
    ...stepLines(steps, dryRun, paint),
    ...(dryRun ? [] : [paint.green(printable(`The hooks are gone from ${hooksFolder}`))]),
  ];
}

function stepLines(steps: readonly Step[], dryRun: boolean, paint: Paint): string[] {
  if (!dryRun) return steps.map((step) => printable(`  ${inWords(step)}`));
  return steps.flatMap((step) => diff(step, paint));
}

function inWords(step: Step): string {
  switch (step.do) {
    case 'write':
      return `wrote ${step.path}`;
    case 'keep':
      return `kept the hook that was there as ${step.as}; it still runs, before ours`;
    case 'rename':
      return `put back ${step.to}`;
    case 'remove':
      return `removed ${step.path}`;
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
    case 'write':
      return [
        paint.bold(printable(`+++ ${step.path}`)),
        ...added(step).map((line) => paint.green(line)),
      ];
  }
}

function added({ before, content }: Extract<Step, { do: 'write' }>): string[] {
  const old = new Set(before?.toString('utf8').split('\n'));
  const lines = content.toString('utf8').replace(/\n$/, '').split('\n');
  return lines.filter((line) => !old.has(line)).map((line) => `+${printable(line)}`);
}

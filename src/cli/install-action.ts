/** `install` and `uninstall`: what was done, as JSON and as text. */
import type { Context } from '../commands/context.ts';
import type { InstallArguments, InstallResult, Proposal } from '../commands/install.ts';
import { install } from '../commands/install.ts';
import { uninstall } from '../commands/uninstall.ts';
import { HOME } from '../config/load.ts';
import { consent } from './ask-configuration.ts';
import type { CommonOptions, Output } from './main.ts';
import { installedLines, uninstalledLines } from './render-install.ts';

type InstallFlags = Partial<Omit<InstallArguments, 'configuration'>> & {
  /** Write a configuration where there is none, without asking. */
  yes?: boolean;
};

export async function installAction(
  context: Context,
  { yes, dryRun = false, ...flags }: InstallFlags,
  options: CommonOptions,
): Promise<Output> {
  const configuration = yes ? 'write' : consent(context, options);
  const result = await install(context, {
    ...flags,
    dryRun,
    ...(configuration && { configuration }),
  });
  return {
    json: { installed: !dryRun && !result.skipped, ...summary(result) },
    text: (_, paint) => installedLines(result, dryRun, paint),
  };
}

export async function uninstallAction(context: Context, dryRun: boolean): Promise<Output> {
  const result = await uninstall(context, dryRun);
  return {
    json: { uninstalled: !dryRun, ...summary(result) },
    text: (_, paint) => uninstalledLines(result, dryRun, paint),
  };
}

function summary({ skipped, manager, hooksFolder, steps, proposal, types, notes }: InstallResult) {
  const governs = (types ?? []).flatMap((finding) => finding.governs ?? []);
  return {
    ...(skipped && { skipped }),
    ...(manager && { manager }),
    ...(hooksFolder && { hooksFolder }),
    changes: steps.map((step) => ({
      do: step.do,
      path: step.path,
      ...(step.do === 'run' && { command: step.shown }),
    })),
    ...(proposal && { proposal: proposalJson(proposal) }),
    ...(governs.length > 0 && { governs }),
    ...(notes.length > 0 && { notes }),
  };
}

function proposalJson({ types, remote, text, agreed }: Proposal) {
  return {
    path: HOME,
    agreed,
    types: types.map(({ type, documents, examples }) => ({
      name: type.name,
      dir: type.dir || '.',
      prefix: type.prefix,
      ...(type.match.length > 0 && { match: type.match }),
      ...(type.subdirectory && { subdirectory: true }),
      documents,
      examples,
    })),
    remote,
    content: text,
  };
}

import type { Config } from '../config/types.ts';
import { governedFolders } from '../documents/governed-folders.ts';
import type { Finding } from './finding.ts';
import { failed, ok, warning } from './finding.ts';

/** What a configuration that is valid amounts to. */
export function checkConfiguration({ source, coordination, types }: Config): Finding {
  const check = 'configuration';
  if (source === undefined) {
    const message = 'there is no configuration, so that nothing is gated';
    return failed(check, message, 'Have one written: npx lazyspec-hooks install --yes');
  }
  if (!coordination) {
    const message = `${source} has no [coordination], so that nothing is gated`;
    return failed(check, message, `Add to ${source}: [coordination]`);
  }
  const folders = governedFolders(types).map((folder) => folder || 'all folders');
  if (folders.length === 0) {
    const message = `${source} has no type whose documents are files, so that no commit is gated`;
    return warning(check, message, `Add a [[types]] table with a dir to ${source}.`);
  }
  return ok(check, `${source}: ${folders.join(', ')}; leases on '${coordination.remote}'`);
}

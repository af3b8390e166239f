/** All attacks, and the table of them that is in docs/server.md. */
import type { Attack } from './attack.ts';
import { toldTo } from './attack.ts';
import { ATTACKS_ON_DOCUMENTS } from './attacks-on-documents.ts';
import { ATTACKS_ON_GIT } from './attacks-on-git.ts';
import { ATTACKS_ON_LEASES } from './attacks-on-leases.ts';
import { ATTACKS_ON_READERS } from './attacks-on-readers.ts';

export const ATTACKS: readonly Attack[] = [
  ...ATTACKS_ON_LEASES,
  ...ATTACKS_ON_READERS,
  ...ATTACKS_ON_GIT,
  ...ATTACKS_ON_DOCUMENTS,
];

/** Where alice attacks bob. */
export function attackTable(): string {
  const rivals = { me: 'alice', other: 'bob' } as const;
  const rows = ATTACKS.map((attack) => `| ${attack.title} | ${toldTo(attack, rivals)} |`);
  return ['| attack | refused with |', '| --- | --- |', ...rows].join('\n');
}

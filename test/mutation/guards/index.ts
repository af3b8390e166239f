/** The guards that `npm run mutate` removes one at a time. */
import type { Guard } from '../guard.ts';
import { fastPath } from './fast-path.ts';
import { gate } from './gate.ts';
import { lease } from './lease.ts';
import { remote } from './remote.ts';
import { server } from './server.ts';

export const GUARDS: readonly Guard[] = [...lease, ...remote, ...gate, ...fastPath, ...server];

/** Every guard, in the order of docs/guards.md. */
import type { Area } from './guard.ts';
import { agents } from './guards-agents.ts';
import { changes } from './guards-changes.ts';
import { ci } from './guards-ci.ts';
import { comfort } from './guards-comfort.ts';
import { configuration } from './guards-configuration.ts';
import { decisions } from './guards-decisions.ts';
import { doctor } from './guards-doctor.ts';
import { documents } from './guards-documents.ts';
import { engine } from './guards-engine.ts';
import { fetch } from './guards-fetch.ts';
import { gate } from './guards-gate.ts';
import { hook } from './guards-hook.ts';
import { install } from './guards-install.ts';
import { outcome } from './guards-outcome.ts';
import { output } from './guards-output.ts';
import { push } from './guards-push.ts';
import { record } from './guards-record.ts';
import { remote } from './guards-remote.ts';
import { server } from './guards-server.ts';
import { takeover } from './guards-takeover.ts';

export const AREAS: readonly Area[] = [
  decisions,
  takeover,
  gate,
  record,
  push,
  outcome,
  engine,
  fetch,
  remote,
  documents,
  changes,
  ci,
  hook,
  comfort,
  install,
  agents,
  configuration,
  output,
  doctor,
  server,
];

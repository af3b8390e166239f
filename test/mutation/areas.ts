/** Every guard, in the order of docs/guards.md. */
import type { Area } from './guard.ts';
import { decisions } from './guards-decisions.ts';
import { fetch } from './guards-fetch.ts';
import { gate } from './guards-gate.ts';
import { outcome } from './guards-outcome.ts';
import { record } from './guards-record.ts';
import { takeover } from './guards-takeover.ts';

export const AREAS: readonly Area[] = [decisions, takeover, gate, record, outcome, fetch];

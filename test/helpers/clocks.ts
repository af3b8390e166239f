/** Programs whose clock is not ours. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Sandbox } from './sandbox.ts';
import { PACKAGE } from './sandbox.ts';

/** How far a clock is from the machine's. */
export interface Skew {
  /** Seconds that the wall clock is ahead. */
  wall?: number;
  /** Seconds that the uptime is ahead. */
  uptime?: number;
  /** The id of another run of the machine. */
  boot?: string;
}

/** A clock that programs read while they run. */
export class Clock {
  readonly file: string;

  constructor(sandbox: Sandbox, name = 'clock') {
    this.file = join(sandbox.folder, `${name}.json`);
    this.set({});
  }

  /** For the environment of a program that is to have this clock. */
  get env(): Record<string, string> {
    return { NODE_OPTIONS: preload('skewed-clock.mjs'), LAZYSPEC_CLOCK: this.file };
  }

  /** As it is now: a program may have set it too. */
  get skew(): Skew {
    return JSON.parse(readFileSync(this.file, 'utf8'));
  }

  set(skew: Skew): void {
    writeFileSync(this.file, JSON.stringify(skew));
  }

  /** Time goes by on the wall, and on the machine as well if nothing else is said. */
  pass(wall: number, uptime = wall): void {
    const { wall: before = 0, uptime: up = 0, ...boot } = this.skew;
    this.set({ ...boot, wall: before + wall, uptime: up + uptime });
  }

  /** Seconds since 1970, as this clock has them. */
  now(): number {
    return Math.floor(Date.now() / 1000) + (this.skew.wall ?? 0);
  }
}

/** The option of node that loads one of the helpers first. */
export function preload(name: string): string {
  return `--import ${pathToFileURL(join(PACKAGE, 'test', 'helpers', name)).href}`;
}

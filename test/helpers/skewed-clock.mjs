// Preloaded into a program: gives it a clock of its own. $LAZYSPEC_CLOCK names a file of JSON that
// is read anew whenever the time is asked for, so that time may pass, or jump, while it runs:
// {"wall": seconds that the wall clock is ahead, "uptime": the same for the uptime,
//  "boot": another boot id}. git has no clock of its own here: it is told every date.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

const { readFileSync } = fs;
const RealDate = Date;
const { uptime } = os;
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

function skew() {
  return JSON.parse(readFileSync(process.env.LAZYSPEC_CLOCK, 'utf8'));
}

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length > 0) super(...args);
    else super(Date.now());
  }
  static now() {
    return RealDate.now() + (skew().wall ?? 0) * 1000;
  }
};
os.uptime = () => uptime() + (skew().uptime ?? 0);
fs.readFileSync = (path, ...rest) =>
  (path === BOOT_ID && skew().boot) || readFileSync(path, ...rest);
syncBuiltinESMExports();

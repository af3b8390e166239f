/** What every program loads is one chunk: each file takes its time to be found. */
import '../config/duration.ts';
import '../errors.ts';
import '../package-root.ts';

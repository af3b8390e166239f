/** What a git may do wrong, in the shell's words: `real` is the right one, `$out` a file to use. */

interface Kind {
  does: string;
  /**
   * - dies: it says that it failed, or is killed. Nothing it was to tell may be taken for told.
   * - lies: it says that all is well, and what it prints cannot be right.
   * - plausible: it says that all is well, and what it prints, or nothing, may be a right answer to
   *   some questions. There it cannot but be believed.
   */
  way: 'dies' | 'lies' | 'plausible';
  /** It does not end until somebody ends it. */
  hangs?: true;
}

const ACT = `real "$@" >"$out"; status=$?`;

export const FAULTS = {
  'killed before': { does: 'kill -KILL $$', way: 'dies' },
  'ended before': { does: 'kill -TERM $$', way: 'dies' },
  'status 1 before': { does: 'exit 1', way: 'dies' },
  'status 128 before': { does: 'echo "fatal: unable to read" >&2; exit 128', way: 'dies' },
  'killed after': { does: 'real "$@"; kill -KILL $$', way: 'dies' },
  'killed after, output lost': { does: 'real "$@" >"$out" 2>&1; kill -KILL $$', way: 'dies' },
  'status 1 after': { does: 'real "$@"; exit 1', way: 'dies' },
  'status 128 after, output lost': { does: 'real "$@" >"$out" 2>&1; exit 128', way: 'dies' },
  'hangs before': { does: 'exec sleep 1000', way: 'dies', hangs: true },
  'hangs after': { does: 'real "$@"; exec sleep 1000', way: 'dies', hangs: true },
  'killed in mid-output': {
    does: `${ACT}; head -c $(($(wc -c <"$out") / 2)) "$out"; kill -KILL $$`,
    way: 'dies',
  },
  'stdout lost': { does: 'real "$@" >"$out"', way: 'plausible' },
  'stderr lost': { does: 'real "$@" 2>"$out"', way: 'lies' },
  'all output lost': { does: 'real "$@" >"$out" 2>&1', way: 'plausible' },
  'trace lost': { does: '{ real "$@" 3>"$out"; } 3>&-', way: 'lies' },
  'nothing done, status 0': { does: 'exit 0', way: 'plausible' },
  'an error, status 0': { does: 'echo "fatal: unable to read" >&2; exit 0', way: 'lies' },
  'cut in the middle': {
    // Never at the end of a record: what is left would be right in form.
    does: `${ACT}; n=$(($(wc -c <"$out") / 2))
  case $(head -c "$n" "$out" | tail -c 1 | od -An -c) in *'\\\\n'* | *'\\\\0'*) n=$((n - 1)) ;; esac
  head -c "$n" "$out"; exit $status`,
    way: 'lies',
  },
  'last byte lost': { does: `${ACT}; head -c -1 "$out"; exit $status`, way: 'lies' },
  'said twice': { does: `${ACT}; cat "$out" "$out"; exit $status`, way: 'lies' },
  'garbage instead': {
    does: `${ACT}; printf 'g\\\\377\\\\000\\\\001 a\\\\n\\\\tr bage'`,
    way: 'lies',
  },
  'garbage besides': {
    does: `${ACT}; cat "$out"; printf 'g\\\\377\\\\000\\\\001 a\\\\n\\\\tr bage'; exit $status`,
    way: 'lies',
  },
  'stdout closed early': { does: 'real "$@" | head -c 3', way: 'lies' },
  'other ids': {
    does: `${ACT}; LC_ALL=C sed -E "s/[0-9a-f]{40}/$FAULT_OTHER/g" "$out"; exit $status`,
    way: 'plausible',
  },
  'an answer to something else': { does: `real --version`, way: 'lies' },
} satisfies Record<string, Kind>;

export type Fault = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as Fault[];

export function wayOf(fault: Fault): Kind['way'] {
  return FAULTS[fault].way;
}

export function hangs(fault: Fault): boolean {
  return 'hangs' in FAULTS[fault];
}

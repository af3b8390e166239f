/** Seconds since 1970 as RFC 3339 in UTC: `2026-05-11T13:00:00Z`. */
export function rfc3339(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

/** A length of time for people, in its largest one or two units: `19 min`, `2 h 5 min`, `3 days`. */
export function lengthOfTime(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** A moment seen from now: `in 19 min`, `41 min ago`, `now`. */
export function relativeTo(now: number, moment: number): string {
  if (moment === now) return 'now';
  return moment > now ? `in ${lengthOfTime(moment - now)}` : `${lengthOfTime(now - moment)} ago`;
}

/** What is left of a time, to the second, as a clock shows it: `4:09`, `1:00:00`. */
export function countdown(seconds: number): string {
  const s = Math.max(0, Math.ceil(seconds));
  const two = (number: number) => String(number).padStart(2, '0');
  const minutes = Math.floor(s / 60);
  if (minutes < 60) return `${minutes}:${two(s % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`;
}

/** The first whole minute after a moment: `11:02Z` within a day, the whole date beyond. */
export function clockTime(moment: number, now: number): string {
  const text = rfc3339(Math.ceil((moment + 1) / 60) * 60);
  return Math.abs(moment - now) < 86_400 ? `${text.slice(11, 16)}Z` : text;
}

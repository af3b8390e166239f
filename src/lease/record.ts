/**
 * The lease record: the `lease.json` of a lease commit. Read and written as the Rust `lazyspec`
 * does: times are written as whole seconds since 1970, and read as those or as RFC 3339.
 */

import { hasRepeatedKey } from './repeated-key.ts';

export interface LeaseRecord {
  /** The holder. */
  agent: string;
  /** Seconds since 1970, as all times here. */
  acquired: number;
  expires: number;
  /** Seconds granted at each renewal. */
  ttl?: number;
  /** 128 random bits in hex, fresh in every write: no two writes can be the same commit. */
  nonce?: string;
  host?: string;
  worktree?: string;
  branch?: string;
  note?: string;
  /** Fields that somebody else's tool wrote, kept on renewal. */
  unknown?: Record<string, unknown>;
}

/** Larger records are malformed to every reader. */
const MAX_BYTES = 8 * 1024;
const MAX_AGENT = 200;
/** 9999-12-31T23:59:59Z, the last second that RFC 3339 can write. */
export const LAST_SECOND = 253_402_300_799;
const TEXT_FIELDS = ['nonce', 'host', 'worktree', 'branch', 'note'] as const;
const OWN_FIELDS = new Set<string>(['agent', 'acquired', 'expires', 'ttl', ...TEXT_FIELDS]);

type ParsedRecord = { record: LeaseRecord } | { problem: string };

/** Reads a record strictly: whoever wrote nonsense must not be taken for a holder. */
export function parseRecord(bytes: Uint8Array): ParsedRecord {
  if (bytes.length === 0) return { problem: 'its lease.json is empty' };
  if (bytes.length > MAX_BYTES) return { problem: `its lease.json is ${bytes.length} bytes` };
  const parsed = parseObject(bytes);
  if (!parsed) return { problem: 'its lease.json is not a JSON object' };
  const { value, text } = parsed;
  // Two readers might each take another one for the holder.
  // As we write it a key is there once.
  if (written(value) !== text && hasRepeatedKey(text))
    return { problem: 'its lease.json has a key twice' };

  const agent = value.agent;
  if (!isAgentName(agent)) return { problem: 'its agent is not a name' };
  const acquired = seconds(value.acquired);
  if (acquired === undefined) return { problem: 'its "acquired" is not a time' };
  const expires = seconds(value.expires);
  if (expires === undefined) return { problem: 'its "expires" is not a time' };
  const ttl = value.ttl;
  if (ttl !== undefined && !isTtl(ttl)) return { problem: 'its "ttl" is not a number of seconds' };

  // One name may come in two spellings, as of macOS and of Linux; what is stored is not changed.
  const record: LeaseRecord = { agent: agent.normalize('NFC'), acquired, expires };
  if (ttl !== undefined) record.ttl = ttl;
  for (const field of TEXT_FIELDS) {
    const told = value[field];
    // For people only: one that is no text is left out, and the lease stays a lease.
    if (typeof told === 'string') record[field] = told;
  }
  const unknown = Object.entries(value).filter(([key]) => !OWN_FIELDS.has(key));
  if (unknown.length > 0) record.unknown = Object.fromEntries(unknown);
  return { record };
}

/** The text of `lease.json`; unknown fields are left out where they would make it too large. */
export function serializeRecord(record: LeaseRecord): string {
  const { unknown, ...own } = record;
  const all = [...Object.entries(own), ...Object.entries(unknown ?? {})];
  const text = written(Object.fromEntries(all));
  return Buffer.byteLength(text) > MAX_BYTES ? written(own) : text;
}

function written(record: object): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Whether a text can name a holder: 1 to 200 characters, none of them a control character. */
export function isAgentName(value: unknown): value is string {
  if (typeof value !== 'string' || value.trim() === '') return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  return [...value].length <= MAX_AGENT && !/[\u0000-\u001f\u007f-\u009f]/.test(value);
}

function parseObject(
  bytes: Uint8Array,
): { value: Record<string, unknown>; text: string } | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as Record<string, unknown>, text }
      : undefined;
  } catch {
    return undefined; // not UTF-8, or not JSON: the caller says so
  }
}

function seconds(value: unknown): number | undefined {
  const time = typeof value === 'string' ? rfc3339Seconds(value) : value;
  const isTime = typeof time === 'number' && Number.isSafeInteger(time);
  return isTime && time >= 0 && time <= LAST_SECOND ? time : undefined;
}

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function rfc3339Seconds(text: string): number | undefined {
  const [isTime, year, month, day] = RFC_3339.exec(text) ?? [];
  // The 30th of February would be read as a day in March.
  if (!isTime || Number(day) > daysIn(Number(year), Number(month))) return undefined;
  const milliseconds = Date.parse(text.replace(' ', 'T').toUpperCase());
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function isTtl(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= LAST_SECOND;
}

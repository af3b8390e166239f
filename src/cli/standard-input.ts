import { LazyspecError } from '../errors.ts';

/**
 * All of stdin; nothing where a person typed the command.
 * @param most bytes
 * @throws {LazyspecError} CANCELLED, USAGE for more than that
 */
export async function standardInput(
  signal: AbortSignal | undefined,
  most = Number.POSITIVE_INFINITY,
): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) return '';
  const cancel = () => stdin.destroy(new LazyspecError('CANCELLED', 'interrupted'));
  signal?.addEventListener('abort', cancel, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin) {
    size += chunk.length;
    if (size > most) throw new LazyspecError('USAGE', `there is more than ${most} bytes on stdin`);
    chunks.push(chunk);
  }
  signal?.removeEventListener('abort', cancel);
  return Buffer.concat(chunks).toString('utf8');
}

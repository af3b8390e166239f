import { LazyspecError } from '../errors.ts';

/**
 * All that is on stdin; nothing where a person types.
 * @throws {LazyspecError} CANCELLED
 */
export async function standardInput(signal: AbortSignal | undefined): Promise<string> {
  const { stdin } = process;
  if (stdin.isTTY) return '';
  const cancel = () => stdin.destroy(new LazyspecError('CANCELLED', 'interrupted'));
  signal?.addEventListener('abort', cancel, { once: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  signal?.removeEventListener('abort', cancel);
  return Buffer.concat(chunks).toString('utf8');
}

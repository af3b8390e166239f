/** Judges the documents that a push changes. */
import type { DocumentId } from '../documents/document.ts';
import { otherNames } from '../documents/other-names.ts';
import type { LazyspecError } from '../errors.ts';
import type { Change } from '../git/change.ts';
import { plumbingStore } from '../git/plumbing.ts';
import type { RefusedDocument } from '../lease/explain.ts';
import { refusedError } from '../lease/explain.ts';
import type { ChangedDocument } from '../lease/gate.ts';
import { heldAs, isLive, judgeDocuments } from '../lease/gate.ts';
import { judgeTakeover } from '../lease/takeover.ts';
import type { View } from '../lease/view.ts';
import { leaseRef, viewOf } from '../lease/view.ts';
import { LEASE_REFS } from '../lease-refs.ts';
import type { Push } from '../server/push.ts';
import type { Rules } from '../server/rules.ts';
import { changedDocuments } from './changed-documents.ts';

export interface Changed {
  document: ChangedDocument;
  rules: Rules;
}

export async function changedIn(push: Push, rules: Rules, change: Change): Promise<Changed[]> {
  const at = { git: push.served.git, config: async () => rules.config };
  return (await changedDocuments(at, change)).map((document) => ({ document, rules }));
}

/** By the leases as they are before the push: what is claimed in it is not held yet. */
export async function refusedDocuments(
  push: Push,
  changed: readonly Changed[],
): Promise<LazyspecError | undefined> {
  if (changed.length === 0) return undefined;
  const { pusher, program } = push;
  const store = plumbingStore(push.served.git);
  const creates = changed.some(({ document, rules }) => {
    return document.created && rules.config.gate.create === 'any';
  });
  const { trunkRules } = push;
  const elsewhere = trunkRules.state === 'rules' ? [trunkRules.rules.config.types] : [];
  const namesOf = ({ document }: Changed) => otherNames(document, document.paths, elsewhere);
  const documents = changed.flatMap((one) => [one.document, ...namesOf(one)]);
  const refs = [...new Set(documents.map(leaseRef))];
  const stored = await (creates ? store.list(LEASE_REFS) : store.read(refs));
  const views = new Map<string, View>(stored.map((one) => [one.ref, viewOf(one)]));
  const now = push.now();
  const isMine = (view: View) => view.state === 'held' && pusher.owns(view.lease.agent);
  const holdsAny = [...views.values()].some((view) => isMine(view) && isLive(view, now));

  const refusals = new Map<string, RefusedDocument>();
  const viewAt = (one: DocumentId): View => views.get(leaseRef(one)) ?? { state: 'absent' };
  for (const one of changed) {
    const { document, rules } = one;
    const ref = leaseRef(document);
    const held = heldAs(namesOf(one), pusher.owns, viewAt);
    const view = held?.isOthers ? held.view : viewAt(document);
    const [judged] = judgeDocuments([{ ...document, ...(held && { heldAs: held }) }], {
      agent: view.state === 'held' && isMine(view) ? view.lease.agent : pusher.account,
      now,
      create: rules.config.gate.create,
      view: () => view,
      holdsAny: () => holdsAny,
    });
    if (!judged || judged.verdict === 'pass') continue;
    const { id, type, paths, commits, verdict: code } = judged;
    const known = refusals.get(ref);
    const { coordination } = rules.config;
    refusals.set(ref, {
      document: { id, type },
      code,
      view,
      paths: [...new Set([...(known?.paths ?? []), ...paths])],
      commits: [...new Set([...(known?.commits ?? []), ...commits])],
      ...(held && { heldAs: held.name }),
      ...(view.state === 'held' && { takeover: judgeTakeover(view, now, 0, coordination) }),
    });
  }
  if (refusals.size === 0) return undefined;
  return refusedError([...refusals.values()], { agent: pusher.account, now, program });
}

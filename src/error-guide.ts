/**
 * What each error code means, whence it comes and what mends it: the one source of
 * `lazyspec-lease explain` and of docs/errors.md. A code without an entry does not compile.
 */
import type { ErrorCode } from './errors.ts';
import { OLDEST_NODE } from './node-version.ts';

export interface ErrorGuide {
  /** One sentence. */
  meaning: string;
  /** The usual causes, the most frequent first. */
  causes: readonly string[];
  /** What to do, to be tried in this order; commands in backquotes. */
  remedies: readonly string[];
}

export const ERROR_GUIDES: Readonly<Record<ErrorCode, ErrorGuide>> = {
  NOT_CLAIMED: {
    meaning: 'A document is about to be changed that nobody has claimed.',
    causes: [
      'You have not claimed it, or have given it back before the commit or the push.',
      'Your lease ran out, and somebody else has released it or had it in between.',
      'You claimed under another name: see which with `lazyspec-lease leases`.',
    ],
    remedies: [
      '`lazyspec-lease claim RFC-001`, then commit or push again.',
      'A new document needs any live lease of yours, unless `[gate] create` says otherwise.',
    ],
  },
  HELD_BY_OTHER: {
    meaning: 'Somebody else holds the document.',
    causes: [
      'They are at work on it: the message says who, where, until when, and why.',
      'You hold it yourself under another name: `--agent-id`, `$LAZYSPEC_AGENT_ID`, `git config lazyspec.agentId`.',
    ],
    remedies: [
      'Wait for it: `lazyspec-lease claim RFC-001 --wait 30m`.',
      'Take it over once it has run out: `lazyspec-lease claim RFC-001 --force`.',
      'As an administrator, having asked them: `lazyspec-lease release RFC-001 --expected-holder <agent>`.',
    ],
  },
  LEASE_EXPIRED: {
    meaning: 'Your lease on the document has run out; nobody has taken it since.',
    causes: ['No heartbeat was sent within `[coordination] lease_duration`.'],
    remedies: [
      '`lazyspec-lease heartbeat RFC-001`, then the same again.',
      'For long work: `lazyspec-lease claim RFC-001 --for 4h`, or a heartbeat after each step.',
    ],
  },
  NO_ACTIVE_LEASE: {
    meaning: '`gate` was asked without a document, and you hold no live lease at all.',
    causes: ['Nothing was claimed, or all of it has run out.'],
    remedies: [
      '`lazyspec-lease claim RFC-001`',
      'Name the documents: `lazyspec-lease gate RFC-001`.',
    ],
  },
  MALFORMED_LEASE: {
    meaning: 'The lease of the document cannot be read, and counts as held by nobody that we know.',
    causes: [
      'Another program, or a hand, wrote it.',
      'A newer version wrote it in a form that this one does not know.',
    ],
    remedies: [
      'See what is wrong with it: `lazyspec-lease show RFC-001`.',
      "As an administrator: `lazyspec-lease release RFC-001 --expected-holder '?'`.",
    ],
  },
  LEASE_NOT_FOUND: {
    meaning: 'There is no lease to release.',
    causes: ['It was released already, by you or by an administrator.'],
    remedies: ['Nothing is to be done. What there is: `lazyspec-lease leases`.'],
  },
  LEASE_LOST: {
    meaning: 'A lease was to be renewed that you hold no more.',
    causes: [
      'It ran out, and somebody else has taken it over.',
      'It was released: by you, or by an administrator.',
    ],
    remedies: [
      'Stop editing. If nobody has it: `lazyspec-lease claim RFC-001`.',
      'If somebody has it: agree with them on what you have changed, then `lazyspec-lease claim RFC-001 --wait`.',
    ],
  },
  NOT_HOLDER: {
    meaning: 'A lease was to be released that is not held by whom you named, or by you.',
    causes: [
      'You claimed it under another name.',
      'It changed hands since you looked: `--expected-holder` releases nobody else’s.',
    ],
    remedies: ['See who holds it: `lazyspec-lease show RFC-001`.'],
  },
  NOT_EXPIRED: {
    meaning: 'A lease was to be taken over that has not run out for long enough.',
    causes: ['It is still running, or within `[coordination] grace_period` after that.'],
    remedies: [
      'The message says from when: `lazyspec-lease claim RFC-001 --force` then.',
      'Let it wait: `lazyspec-lease claim RFC-001 --force --wait`.',
    ],
  },
  CLOCK_SKEW: {
    meaning: 'A lease was written later than our clock says it is now.',
    causes: ['The holder’s clock or ours is off by more than `[coordination] max_clock_skew`.'],
    remedies: [
      'Set the clocks. Which one is wrong: `npx lazyspec-hooks doctor`.',
      'Until then it is outlasted by watching it: `lazyspec-lease claim RFC-001 --force --wait`.',
    ],
  },
  CONTENDED: {
    meaning: 'Others changed the same leases each time, faster than we did. Nothing was changed.',
    causes: [
      'Many claim or renew the same documents at the same time.',
      'A lock file that a git which crashed has left on the remote.',
    ],
    remedies: [
      'Run it again.',
      'If it stays so: raise `[coordination] max_push_retries`; remove the lock that the message names, with no git at work there.',
    ],
  },
  REMOTE_REFUSED: {
    meaning: 'The remote answers, and does not take the lease. Nothing was changed.',
    causes: [
      'A hook or a rule on the server forbids refs below `refs/lazyspec/`.',
      'A ref that is no lease is in the way.',
      'You may read there, and not write.',
      'The server takes leases and does not show them to those who fetch (`uploadpack.hideRefs`, `transfer.hideRefs`), or you may write there, and not read.',
      'The server ends the connection without an answer, again and again: a `reference-transaction` hook may refuse, or a proxy cut pushes off.',
      'Several documents at once, and a server that takes one at a time (reported of Azure DevOps and AWS CodeCommit). Only a claim is refused for that: leases are renewed and given back one by one.',
    ],
    remedies: [
      'The message has the reason in the words of the server; whoever runs it can mend it.',
      'Allow `refs/lazyspec/*` to those who work on documents. What else: `npx lazyspec-hooks doctor`.',
    ],
  },
  PUSH_REFUSED: {
    meaning:
      'A push is refused for what it does besides changing documents: the hook of a server does not take a lease, or cannot judge; or pre-push sees that leases would be moved.',
    causes: [
      'A lease is written, taken over or removed in another way than the rules allow: in another’s name, too early, too long.',
      'A ref below `refs/lazyspec/` that is no lease is written.',
      'In a clone: `git push --mirror`, or another push that moves leases on the remote that keeps them. It would delete those of others.',
      'The configuration on the default branch cannot be read, or would be broken by the push.',
    ],
    remedies: [
      'Write leases with `lazyspec-lease`, which keeps to the rules; the message says which was broken.',
      'Push branches and tags by name, or with `--all` and `--tags`, and not as a mirror.',
      'What the server checks: `docs/server.md`.',
    ],
  },
  UNSAFE_TREE: {
    meaning: 'A commit has files that a checkout writes over others, and its diffs do not show it.',
    causes: [
      'A tree that git itself does not write: a name with a slash, the same name twice, names out of order.',
      'A file whose path differs from that of a document, or of its folder, in the case of letters only.',
    ],
    remedies: [
      'Make the commit anew from its files; `git fsck` names each malformed tree.',
      'Rename the file, or move it into the folder as the configuration spells it.',
      'A server keeps malformed trees out altogether: `git config receive.fsckObjects true`.',
    ],
  },
  USAGE: {
    meaning: 'The command line, or what a program handed over, is not one that can be carried out.',
    causes: ['An unknown command, option or name, or arguments that exclude each other.'],
    remedies: ['`lazyspec-lease --help`, `lazyspec-lease <command> --help`.'],
  },
  CONFIG_INVALID: {
    meaning: 'A configuration cannot be used: ours, or one of a program that `install` plugs into.',
    causes: ['A syntax error, an unknown key, or a value that is not allowed.'],
    remedies: [
      'Mend the file that is named; all that is wrong with it is told at once.',
      'Editors check it by `schemas/config.schema.json`.',
    ],
  },
  COORDINATION_DISABLED: {
    meaning: 'There is nothing that says where leases are kept.',
    causes: [
      'The configuration has no `[coordination]` table.',
      'The configuration is not at the top of the work tree.',
    ],
    remedies: ['Add to `.lazyspec.toml`: `[coordination]`.'],
  },
  UNKNOWN_DOCUMENT: {
    meaning: 'A name is that of no document.',
    causes: [
      'A slip in the id, or another prefix than those of `[[types]]`.',
      'A path that no `[[types]]` entry governs.',
    ],
    remedies: ['The message lists the prefixes. `docs/configuration.md` says how ids are made.'],
  },
  AGENT_UNKNOWN: {
    meaning: 'It is not known who is asking.',
    causes: ['Neither option nor variable nor git’s configuration names you.'],
    remedies: ['`git config lazyspec.agentId <name>`, or set `$LAZYSPEC_AGENT_ID`.'],
  },
  NOT_A_REPOSITORY: {
    meaning: 'There is no work tree of git here.',
    causes: [
      'The folder is outside of any clone, is a bare repository, or lies in `.git`.',
      'Its owner is another user, and git does not trust it.',
    ],
    remedies: [
      'Change to a clone, or name one: `lazyspec-lease -C <dir> …`.',
      'If you trust its owner: `git config --global --add safe.directory <dir>`.',
    ],
  },
  GIT_MISSING: {
    meaning: 'git could not be started.',
    causes: ['It is not installed, or not on `PATH`.'],
    remedies: ['Install git 2.34 or newer, or mend `PATH`.'],
  },
  NODE_TOO_OLD: {
    meaning: `This Node is older than ${OLDEST_NODE}. Nothing was done; hooks refuse.`,
    causes: [
      'An old system, or an old Node first on `PATH`.',
      'The hooks use the Node that `install` recorded, and it was replaced by an older one.',
    ],
    remedies: [
      `Put Node ${OLDEST_NODE} or newer first on \`PATH\`, then: \`npx lazyspec-hooks install\`.`,
      'Which Node the hooks use: `npx lazyspec-hooks doctor`.',
    ],
  },
  PROGRAM_DAMAGED: {
    meaning:
      'Files of lazyspec-hooks itself are missing or damaged. Nothing was done; hooks refuse.',
    causes: [
      'An install was cut off, or is at work: `npm ci` takes `node_modules` away first.',
      'A full disk, or a power failure soon after an install.',
    ],
    remedies: [
      'Install it again, such as with `npm ci`; then the same command again.',
      'Whether it is whole now: `npx lazyspec-hooks doctor`.',
    ],
  },
  GIT_TOO_OLD: {
    meaning: 'This git is older than 2.34.',
    causes: ['An old system, or an old git in front on `PATH`.'],
    remedies: ['Install git 2.34 or newer. Which one is used: `git --version`.'],
  },
  GIT_FAILED: {
    meaning: 'git failed, was cut off, or gave an answer that cannot be right.',
    causes: [
      'The clone is damaged, or the disk full. The message has git’s own words.',
      'Something killed git, or a wrapper around it changes what it says.',
    ],
    remedies: [
      'Run the same command again.',
      'If it stays so: `git fsck`, and see which git is first on `PATH`.',
    ],
  },
  FILE_SYSTEM: {
    meaning: 'A file could not be read or written. What was begun has been taken back.',
    causes: ['Missing rights, a full disk, a lock that another program has left.'],
    remedies: ['Mend what the message says, then run the same command again.'],
  },
  MANAGER_FAILED: {
    meaning: 'A hook manager that `install` or `uninstall` ran has failed. Nothing was changed.',
    causes: ['The message has the last of what it said.'],
    remedies: ['Mend what it says, then run the same command again.'],
  },
  BACKEND_UNAVAILABLE: {
    meaning: 'nodegit was asked for, and cannot be used in this clone.',
    causes: [
      '`[coordination] backend`, or `$LAZYSPEC_BACKEND`, is `nodegit`, and it is not installed.',
      'The clone has something that nodegit does not know, such as another format of refs.',
    ],
    remedies: ['`backend = "auto"` uses it where it can be, and git elsewhere.'],
  },
  REMOTE_NOT_FOUND: {
    meaning: 'There is no repository where leases are to be kept.',
    causes: [
      'This clone has no remote of the name in `[coordination] remote`.',
      'Its address leads nowhere, or it fetches and pushes at different addresses.',
    ],
    remedies: [
      '`git remote add <name> <url>`, or `git remote set-url <name> <url>`. If different addresses lead to one repository: list them in `[coordination] addresses`.',
      '`[coordination] remote = "."` needs none: it coordinates the work trees of one clone.',
    ],
  },
  REMOTE_UNREACHABLE: {
    meaning: 'The remote did not answer. Nothing was sent.',
    causes: ['No network, an unknown host, a server that is down or slow, a captive portal.'],
    remedies: [
      'Try again when it answers: `git ls-remote <name>` has to work.',
      'To commit offline what you hold: `[gate] offline = "allow-held"`.',
    ],
  },
  REMOTE_AUTH: {
    meaning: 'The remote does not let this account or key read or push. Nothing was sent.',
    causes: [
      'A key that is not loaded, or a password that is not stored: leases never ask for one.',
      'A key or account that may only read; an archived repository; a host key that is new or has changed; single sign-on (SSO) or an IP allow list of the organization.',
    ],
    remedies: [
      '`ssh-add`, or a credential helper that stores the password.',
      '`git ls-remote <name>` has to work without a question.',
    ],
  },
  INDETERMINATE: {
    meaning: 'The connection broke during a write: the remote may or may not have the lease.',
    causes: ['The network failed, or the process was killed, between the write and the answer.'],
    remedies: ['Run the same command again: it finds out, and ends what was begun.'],
  },
  INTERNAL: {
    meaning: 'A bug in this program.',
    causes: ['We do not know, or it would not be there.'],
    remedies: ['Report it, with all that was printed.'],
  },
  CANCELLED: {
    meaning: 'The command was interrupted before anything was written.',
    causes: ['Ctrl-C, a signal, or a deadline of whoever called it.'],
    remedies: ['Run it again.'],
  },
};

/** What hosting services, ssh and curl say when they turn somebody away, and what we make of it. */
import { describe, expect, it } from '@jest/globals';
import { fetchFailure, meaningfulLines } from '../../../src/git/messages.ts';
import { pushOutcome } from '../../../src/git/push-outcome.ts';
import { REMOTE_CAUSES } from '../../../src/git/remote-causes.ts';
import { remoteFailure } from '../../../src/git/remote-failure.ts';
import type { GitResult } from '../../../src/git/run.ts';

const READ_FAILED = `fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists.
`;
const http = (error: number | string) =>
  `fatal: unable to access 'https://host.example/o/r.git/': The requested URL returned error: ${error}\n`;

const AUTH = 'REMOTE_AUTH';
const CASES: [name: string, said: string, code: string, what: string][] = [
  [
    'a GitHub deploy key without write access',
    `ERROR: The key you are authenticating with has been marked as read only.\n${READ_FAILED}`,
    AUTH,
    'gives this key read access only',
  ],
  [
    'a deploy key of another GitHub repository',
    `ERROR: Permission to o/r.git denied to deploy key\n${READ_FAILED}`,
    AUTH,
    'gives this key read access only',
  ],
  [
    'a GitLab deploy key without write access',
    `remote: \nremote: ====\nremote: \nremote: ERROR: This deploy key does not have write access to this project.\nremote: \nremote: ====\nremote: \n${READ_FAILED}`,
    AUTH,
    'gives this key read access only',
  ],
  [
    'a Bitbucket access key',
    `conq: repository access denied. access via a deployment key is read-only.\n${READ_FAILED}`,
    AUTH,
    'gives this key read access only',
  ],
  [
    'a Forgejo deploy key without write access',
    `Forgejo: Deploy Key: 5:ci is not authorized to write to o/r.\n${READ_FAILED}`,
    AUTH,
    'gives this key read access only',
  ],
  [
    'an archived GitHub repository over ssh',
    `ERROR: This repository was archived so it is read-only.\n${READ_FAILED}`,
    AUTH,
    'is archived and takes no changes',
  ],
  [
    'an archived GitHub repository over https',
    `remote: This repository was archived so it is read-only.\n${http(403)}`,
    AUTH,
    'is archived and takes no changes',
  ],
  [
    'an archived GitLab project',
    `remote: GitLab: You can't push code to an archived project.\n${http(403)}`,
    AUTH,
    'is archived and takes no changes',
  ],
  [
    'an archived Gitea repository',
    `Gitea: Repo: o/r is archived.\n${READ_FAILED}`,
    AUTH,
    'is archived and takes no changes',
  ],
  [
    'a mirror on Gitea',
    `Gitea: Mirror Repository o/r is read-only\n${READ_FAILED}`,
    AUTH,
    'is read-only at the moment',
  ],
  [
    'a read-only GitLab instance',
    `remote: GitLab: You can't push code to a read-only GitLab instance.\n${http(403)}`,
    AUTH,
    'is read-only at the moment',
  ],
  [
    'a GitHub organization with SSO over ssh',
    `ERROR: The \`o' organization has enabled or enforced SAML SSO. To access\nthis repository, you must use the HTTPS remote with a personal access token\n${READ_FAILED}`,
    AUTH,
    'wants a single sign-on (SSO) for this key or token',
  ],
  [
    'a GitHub organization with SSO over https',
    `remote: The 'o' organization has enabled or enforced SAML SSO.\nremote: To access this repository, you must re-authorize the OAuth Application 'GitHub CLI'.\n${http(403)}`,
    AUTH,
    'wants a single sign-on (SSO) for this key or token',
  ],
  [
    'a GitLab group with SSO',
    `remote: ERROR: Cannot find valid SSO session. Please login via your group's SSO at https://host.example\n${READ_FAILED}`,
    AUTH,
    'wants a single sign-on (SSO) for this key or token',
  ],
  [
    'a GitHub IP allow list',
    `remote: The \`o' organization has an IP allow list enabled, and your IP address is not permitted to access this repository.\n${http(403)}`,
    AUTH,
    'does not accept connections from this IP address',
  ],
  [
    'a Bitbucket IP allow list',
    `remote: You are accessing from an IP address that isn't whitelisted.\n${http(403)}`,
    AUTH,
    'does not accept connections from this IP address',
  ],
  [
    'a password on GitHub',
    `remote: Support for password authentication was removed on August 13, 2021.\nfatal: Authentication failed for 'https://host.example/o/r.git/'\n`,
    AUTH,
    'accepts no passwords',
  ],
  [
    'a suspended account',
    `ERROR: Your account is suspended. Please visit https://host.example\n${READ_FAILED}`,
    AUTH,
    'has blocked this account',
  ],
  [
    'a GitHub account that may read only',
    `remote: Permission to o/r.git denied to ada.\n${http(403)}`,
    AUTH,
    'does not let this account push',
  ],
  [
    'a GitHub token that may read only',
    `remote: Write access to repository not granted.\n${http(403)}`,
    AUTH,
    'does not let this account push',
  ],
  [
    'a GitLab guest',
    `remote: ERROR: You are not allowed to push code to this project.\n${READ_FAILED}`,
    AUTH,
    'does not let this account push',
  ],
  [
    'a Forgejo reader',
    `Forgejo: User: 7:ada with Key: 5:laptop is not authorized to write to o/r.\n${READ_FAILED}`,
    AUTH,
    'does not let this account push',
  ],
  [
    'an Azure DevOps reader',
    `remote: TF401027: You need the Git 'GenericContribute' permission to perform this action.\n${http(403)}`,
    AUTH,
    'does not let this account push',
  ],
  [
    'a GitLab project that may not be read',
    `remote: ERROR: You are not allowed to download code from this project.\n${READ_FAILED}`,
    AUTH,
    'gives this account no access',
  ],
  [
    'Bitbucket without rights',
    `Unauthorized\n${READ_FAILED}`,
    AUTH,
    'gives this account no access',
  ],
  [
    'Azure DevOps without rights',
    `remote: TF400813: The user is not authorized to access this resource.\n${http(403)}`,
    AUTH,
    'gives this account no access',
  ],
  [
    'a hidden repository on Azure DevOps',
    `remote: TF401019: The Git repository with name or identifier r does not exist or you do not have permissions for the operation you are attempting.\n${READ_FAILED}`,
    'REMOTE_NOT_FOUND',
    'has no repository at its address, or hides it from this account',
  ],
  [
    'a hidden repository on GitHub',
    `ERROR: Repository not found.\n${READ_FAILED}`,
    'REMOTE_NOT_FOUND',
    'has no repository at its address, or hides it from this account',
  ],
  [
    'a hidden project on GitLab',
    `remote: ERROR: The project you were looking for could not be found or you don't have permission to view it.\n${READ_FAILED}`,
    'REMOTE_NOT_FOUND',
    'has no repository at its address, or hides it from this account',
  ],
  [
    'a changed host key',
    `@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@\nIT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\nHost key verification failed.\n${READ_FAILED}`,
    AUTH,
    'has another host key than before',
  ],
  [
    'an unknown host key',
    `No ED25519 host key is known for host.example and you have requested strict checking.\nHost key verification failed.\n${READ_FAILED}`,
    AUTH,
    'has a host key that this machine does not know',
  ],
  [
    'a locked ssh agent',
    `sign_and_send_pubkey: signing failed for ED25519 "/home/ada/.ssh/id" from agent: agent refused operation\ngit@host.example: Permission denied (publickey).\n${READ_FAILED}`,
    AUTH,
    'was offered an ssh key that the agent refused to use',
  ],
  [
    'too many keys',
    `Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\n${READ_FAILED}`,
    AUTH,
    'was offered too many ssh keys',
  ],
  [
    'a full disk',
    `remote: fatal: write error: No space left on device\n${http(507)}`,
    'REMOTE_UNREACHABLE',
    'has no space left',
  ],
  ['a request that is too large', http(413), 'REMOTE_UNREACHABLE', 'takes no request of this size'],
  [
    'no ssh key',
    `git@host.example: Permission denied (publickey).\n${READ_FAILED}`,
    AUTH,
    'accepted none of the ssh keys it was offered',
  ],
  [
    'no credentials',
    `fatal: could not read Username for 'https://host.example': terminal prompts disabled\n`,
    AUTH,
    'asks for a user name and password',
  ],
  [
    'an expired token',
    `remote: HTTP Basic: Access denied.\nfatal: Authentication failed for 'https://host.example/o/r.git/'\n`,
    AUTH,
    'refused our credentials',
  ],
  [
    'a credential helper that hangs',
    "fatal: could not fetch: '/opt/askpass' supplied no credentials within 10 s\n",
    AUTH,
    'asks for credentials, and nothing supplied them in time',
  ],
  ['a plain 403', http(403), AUTH, 'gives this account no access'],
  ['a proxy', http(407), AUTH, 'is behind a proxy that wants credentials'],
  [
    'an unknown proxy',
    `fatal: unable to access 'https://host.example/o/r.git/': Could not resolve proxy: nowhere\n`,
    'REMOTE_UNREACHABLE',
    'cannot be reached: the proxy is unknown',
  ],
  [
    'a certificate',
    `fatal: unable to access 'https://host.example/o/r.git/': SSL certificate problem: certificate has expired\n`,
    'REMOTE_UNREACHABLE',
    'has a certificate that is not accepted',
  ],
  ['a rate limit', http(429), 'REMOTE_UNREACHABLE', 'takes no more requests for now (rate limit)'],
  ['maintenance', http(503), 'REMOTE_UNREACHABLE', 'is reachable, and its server is in trouble'],
  [
    'no network',
    `ssh: connect to host host.example port 22: Network is unreachable\n${READ_FAILED}`,
    'REMOTE_UNREACHABLE',
    'cannot be reached',
  ],
  [
    'an unknown host',
    `fatal: unable to access 'https://host.example/o/r.git/': Could not resolve host: host.example\n`,
    'REMOTE_UNREACHABLE',
    'cannot be reached',
  ],
];

const CHANGES = [{ ref: 'refs/lazyspec/leases/rfc/RFC-001', expected: undefined, next: 'a' }];

function ended(stderr: string): GitResult {
  const trace = '{"event":"start"}\n{"event":"exit"}\n';
  return { ended: 'exit', status: 128, stdout: Buffer.alloc(0), stderr, trace };
}

describe('a remote that turns us away', () => {
  it.each(CASES)('is blamed for the right thing: %s', (_name, said, code, what) => {
    const details = meaningfulLines(said);
    expect(fetchFailure(said)).toBe(code);
    expect(pushOutcome(ended(said), CHANGES)).toMatchObject({ kind: 'unreachable', code });
    const { message, remedy } = remoteFailure(code as 'REMOTE_AUTH', 'origin', details);
    expect(message).toBe(`'origin' ${what}`);
    expect(remedy).toMatch(/\S/);
  });

  it('has a case here for every row of the table', () => {
    const unused = REMOTE_CAUSES.filter(
      ({ what, code }) => !CASES.some((one) => one[3] === what && one[2] === code),
    );
    expect(unused).toEqual([]);
  });

  it('is not explained by a guess where its words are unknown', () => {
    const said = `The moon is in the wrong phase.\n${READ_FAILED}`;
    const outcome = pushOutcome(ended(said), CHANGES);
    expect(outcome).toMatchObject({ kind: 'unreachable', code: 'REMOTE_UNREACHABLE' });
    const { message, remedy, details } = remoteFailure(
      'REMOTE_UNREACHABLE',
      'origin',
      meaningfulLines(said),
    );
    expect(message).toBe("'origin' ended the connection");
    expect(details).toEqual(['The moon is in the wrong phase.']);
    expect(remedy).toContain('as it came');
  });
});

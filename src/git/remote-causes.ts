/**
 * Why a remote turned a connection away, in the words of ssh, curl and the hosting services, and what
 * helps. First match wins. A text that is not here is shown as it came, without a guess.
 * Sources: docs.github.com "Error: Permission denied", "Authenticating with SAML SSO" and "Managing allowed
 * IP addresses"; gitlab-org/gitlab lib/gitlab/git_access.rb; go-gitea/gitea routers/private/serv.go (Forgejo
 * has the same); Atlassian and Microsoft support pages; openssh sshconnect.c; curl lib/strerror.c.
 */
export type ConnectionFailure = 'REMOTE_UNREACHABLE' | 'REMOTE_AUTH' | 'REMOTE_NOT_FOUND';

export interface RemoteCause {
  pattern: RegExp;
  code: ConnectionFailure;
  /** Follows the name of the remote. */
  what: string;
  remedy: string;
}

const WRITE_ACCESS = 'Claims are pushed to the remote: use an account or key that may push there.';
const ASK_ADMIN = 'Ask an administrator of the repository.';

export const REMOTE_CAUSES: readonly RemoteCause[] = [
  // Read-only for everybody.
  {
    pattern:
      /repository (?:was|has been) archived|Repo: .* is archived|push code to an archived project|archived.* read-only/i,
    code: 'REMOTE_AUTH',
    what: 'is archived and takes no changes',
    remedy: `Unarchive the repository, or set [coordination] remote to another one.`,
  },
  {
    pattern:
      /read-only GitLab instance|temporarily read-only|repository is in read.only mode|Mirror Repository .* is read-only/i,
    code: 'REMOTE_AUTH',
    what: 'is read-only at the moment',
    remedy: 'Try again later, or push to the repository that this one mirrors.',
  },
  // The key or the account may read and not write.
  {
    pattern:
      /key you are authenticating with has been marked as read only|deploy(?:ment)? key (?:does not have write access|is read-only)|denied to deploy key|Deploy Key: .* is not authorized to write/i,
    code: 'REMOTE_AUTH',
    what: 'gives this key read access only',
    remedy: `${WRITE_ACCESS} A deploy key needs "allow write access" in the repository's settings.`,
  },
  // Rules of an organisation.
  {
    pattern: /SAML SSO|valid SSO session/,
    code: 'REMOTE_AUTH',
    what: 'wants a single sign-on (SSO) for this key or token',
    remedy:
      'Authorize the key or token for the organization (SSO) where it is managed, then try again.',
  },
  {
    pattern:
      /IP allow ?list|IP (?:address )?(?:is )?not (?:allowed|permitted|allowlisted|whitelisted)|isn't (?:allowlisted|whitelisted)/i,
    code: 'REMOTE_AUTH',
    what: 'does not accept connections from this IP address',
    remedy:
      "Connect through the organization's network or VPN, or have the address added to its allow list.",
  },
  {
    pattern: /Support for password authentication was removed/,
    code: 'REMOTE_AUTH',
    what: 'accepts no passwords',
    remedy: 'Use a token or an ssh key: store the token in a credential helper.',
  },
  {
    pattern: /account (?:is|has been) (?:suspended|blocked)/i,
    code: 'REMOTE_AUTH',
    what: 'has blocked this account',
    remedy: 'Ask an administrator of the server.',
  },
  {
    pattern:
      /Permission to .* denied to|You are not allowed to (?:push|upload)|is not authorized to write to|Write access to repository not granted|TF401027|need the Git '?.*GenericContribute/i,
    code: 'REMOTE_AUTH',
    what: 'does not let this account push',
    remedy: `${WRITE_ACCESS} ${ASK_ADMIN}`,
  },
  {
    pattern:
      /You are not allowed to download|is not authorized to read|repository access denied|TF400813|^Unauthorized$|^Forbidden$/im,
    code: 'REMOTE_AUTH',
    what: 'gives this account no access',
    remedy: `Use an account or key that may read and push there. ${ASK_ADMIN}`,
  },
  {
    pattern:
      /TF401019|project you were looking for could not be found|Cannot find repository|repository does not exist|Repository not found|repository '.*' not found/i,
    code: 'REMOTE_NOT_FOUND',
    what: 'has no repository at its address, or hides it from this account',
    remedy: 'Check the address (git remote -v), and that the account may see the repository.',
  },
  // Host keys.
  {
    pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    code: 'REMOTE_AUTH',
    what: 'has another host key than before',
    remedy:
      "Somebody may be in between. Compare the key with what the server's owner publishes; if it is right, remove the old one: ssh-keygen -R <host>",
  },
  {
    pattern: /Host key verification failed|No .* host key is known for/,
    code: 'REMOTE_AUTH',
    what: 'has a host key that this machine does not know',
    remedy:
      'Connect once with ssh, compare the key and accept it, then run the same command again.',
  },
  // Keys and passwords.
  {
    pattern: /agent refused operation|sign_and_send_pubkey: signing failed/,
    code: 'REMOTE_AUTH',
    what: 'was offered an ssh key that the agent refused to use',
    remedy:
      'Unlock the ssh agent, or confirm the use of the key (touch it if it is a security key), then try again.',
  },
  {
    pattern: /Too many authentication failures/,
    code: 'REMOTE_AUTH',
    what: 'was offered too many ssh keys',
    remedy:
      'Name the one to use: IdentityFile and IdentitiesOnly yes for this host in ~/.ssh/config.',
  },
  {
    pattern: /Permission denied \((?:publickey|password|keyboard-interactive)/,
    code: 'REMOTE_AUTH',
    what: 'accepted none of the ssh keys it was offered',
    remedy: 'Load the key (ssh-add), or add its public part to your account there.',
  },
  {
    pattern: /could not read (?:Username|Password)|terminal prompts disabled/i,
    code: 'REMOTE_AUTH',
    what: 'asks for a user name and password',
    remedy:
      'Leases never ask for them: store them in a credential helper, or sign in with git once.',
  },
  {
    pattern: /Authentication failed|HTTP Basic: Access denied|URL returned error: 401/,
    code: 'REMOTE_AUTH',
    what: 'refused our credentials',
    remedy:
      'The password or token may have expired: store a new one in the credential helper, or sign in with git once.',
  },
  {
    pattern: /supplied no credentials/,
    code: 'REMOTE_AUTH',
    what: 'asks for credentials, and nothing supplied them in time',
    remedy:
      'Sign in with git once (git fetch), or store a token in a credential helper that needs no window.',
  },
  // The way there.
  {
    pattern: /error: 407|Proxy Authentication Required|CONNECT tunnel failed, response 407/i,
    code: 'REMOTE_AUTH',
    what: 'is behind a proxy that wants credentials',
    remedy:
      'Set them in git: git config http.proxy http://user@proxy:port, with the password in a credential helper.',
  },
  {
    pattern: /Could not resolve proxy/,
    code: 'REMOTE_UNREACHABLE',
    what: 'cannot be reached: the proxy is unknown',
    remedy:
      'Check http.proxy and $https_proxy, then run the same command again. Nothing was changed.',
  },
  {
    pattern: /certificate (?:problem|verif)|certificate subject name|SSL certificate/i,
    code: 'REMOTE_UNREACHABLE',
    what: 'has a certificate that is not accepted',
    remedy:
      'Check the clock of this machine, and whether a proxy replaces certificates (http.sslCAInfo names its authority). Nothing was changed.',
  },
  {
    pattern: /returned error: 429|rate limit/i,
    code: 'REMOTE_UNREACHABLE',
    what: 'takes no more requests for now (rate limit)',
    remedy: 'Wait a while, then run the same command again. Nothing was changed.',
  },
  {
    pattern: /No space left on device|quota exceeded|returned error: 507/i,
    code: 'REMOTE_UNREACHABLE',
    what: 'has no space left',
    remedy: 'Have whoever runs the server make room. Nothing was changed.',
  },
  {
    pattern: /returned error: 413/,
    code: 'REMOTE_UNREACHABLE',
    what: 'takes no request of this size',
    remedy:
      'Name fewer documents at a time, or raise the limit of the server or its proxy. Nothing was changed.',
  },
  {
    pattern: /returned error: 5\d\d/,
    code: 'REMOTE_UNREACHABLE',
    what: 'is reachable, and its server is in trouble',
    remedy: 'Try again later, and see the status page of the server. Nothing was changed.',
  },
  {
    pattern: /returned error: 403/,
    code: 'REMOTE_AUTH',
    what: 'gives this account no access',
    remedy: `Use an account or token that may read and push there. ${ASK_ADMIN}`,
  },
];

/**
 * @param text all that git, ssh and the server said
 * @param code the failure that is known already, if any
 */
export function remoteCause(text: string, code?: ConnectionFailure): RemoteCause | undefined {
  return REMOTE_CAUSES.find(
    (cause) => (code === undefined || cause.code === code) && cause.pattern.test(text),
  );
}

/** Why a manager cannot be reached by SSH: what OpenSSH and Docker's client say, as a sentence and what to do about it. */

export interface SshProblem {
  readonly what: string
  readonly fix: string
}

const KNOWN_HOSTS =
  'compare the fingerprint with that of the machine, then put the line that `ssh-keyscan` prints into known_hosts (`ssh-known-hosts` of the reusable workflows)'
const LOGIN =
  'Give the private key (`ssh-key` of the reusable workflows) whose public half stands in ~/.ssh/authorized_keys of that user.'
const ADDRESS = 'Check the name and port in docker-host, and that the runner may reach them.'

const PROBLEMS: readonly (readonly [RegExp, SshProblem])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED|host key .* has changed/i,
    {
      what: 'the machine shows another host key than known_hosts has for it, so that nothing was sent to it',
      fix: `Find out why: somebody may stand between. If the machine was set up anew, ${KNOWN_HOSTS}.`,
    },
  ],
  [
    /No \S+ host key is known for|Host key verification failed/,
    {
      what: 'known_hosts has no host key of that machine, so that nothing was sent to it',
      fix: `Before the first deploy ${KNOWN_HOSTS}.`,
    },
  ],
  [/Permission denied \([\w,-]+\)/, { what: 'the machine does not let this key in', fix: LOGIN }],
  [
    /Too many authentication failures/,
    { what: 'the machine refused after too many keys', fix: `${LOGIN} The agent should hold no other keys.` },
  ],
  [/Could not resolve hostname/, { what: 'its name cannot be resolved', fix: ADDRESS }],
  [/connect to host .*Connection refused/, { what: 'nothing listens on its SSH port', fix: ADDRESS }],
  [
    /connect to host .*: (.*(?:timed out|No route to host|unreachable))|Connection timed out/,
    { what: 'its SSH port does not answer', fix: ADDRESS },
  ],
  [
    /exec: "ssh"|^(?:.*: )?ssh resolves to executable in current directory/,
    { what: 'there is no `ssh` on PATH', fix: 'Install the OpenSSH client on the runner.' },
  ],
  [
    /docker: (?:(?:command )?not found|No such file)/,
    {
      what: 'the machine has no `docker` command for that user',
      fix: "Install Docker's command line client there, on the PATH of a shell without login.",
    },
  ],
  [
    /dial unix .*(?:no such file|refused)|Cannot connect to the Docker daemon/,
    { what: 'no Docker engine runs on that machine', fix: 'Start Docker there.' },
  ],
  [
    /permission denied .*(?:docker\.sock|daemon socket)/i,
    { what: 'that user may not use its Docker engine', fix: 'Add the user to the `docker` group of that machine.' },
  ],
]

/** @param said what the client wrote before it ended */
export function sshProblem(said: string): SshProblem | undefined {
  const problem = PROBLEMS.find(([words]) => words.test(said))
  if (problem === undefined) return undefined
  const [words, { what, fix }] = problem
  const fingerprint = /SHA256:[\w+/]{43}/.exec(said)?.[0]
  const detail = fingerprint === undefined ? words.exec(said)?.[1] : `it shows ${fingerprint}`
  return { what: detail === undefined ? what : `${what} (${detail})`, fix }
}

/** The words of the other side, without those that Docker's client puts around them. */
export function sshWords(said: string): string {
  return said.replace(/^.*: stderr=/s, '')
}

export const COMMANDS = {
  release: 'take a commit to its environment as one immutable image',
  rollback: 'bring an environment back to a version that was verified there',
  list: 'show the versions that an environment can go back to',
  smoke: 'smoke-test one image, change nothing',
  demo: 'tell the whole story on this machine: --clean removes what it made',
} as const

export type CommandName = keyof typeof COMMANDS

export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word)
}

const ROWS = Object.entries(COMMANDS).map(([name, what]) => `  ${name.padEnd(10)}${what}`)

export const USAGE = `immutable-deploy COMMAND [--INPUT value …]

One commit becomes one proven image, replaces what runs, and goes back.

${ROWS.join('\n')}

  --json      print the result document on stdout, talk on stderr
  --events    print one JSON event a line on stdout, the result last
  --help      with a command: its inputs
  --version

Exit codes: 0 as wanted · 1 refused or failed, nothing left changed · 2 wrong use · 3 failed and left changed ·
4 timed out · 5 superseded · 130 cancelled
`

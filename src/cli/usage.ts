import { VERBS } from '../verbs/index.ts'

const DEMO = { name: 'demo', summary: 'run the whole story on this machine: --clean removes what it made' }

/** What may stand behind the program's name. */
export const COMMANDS = [...VERBS, DEMO].map(({ name, summary }) => ({ name, summary }))

const ROWS = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`)

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

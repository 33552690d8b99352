// The entry stays this small because `--version` and `--help` are asked for often: all work is imported when it is due.
import { verbOf } from '../verbs/index.ts'
import { USAGE } from './usage.ts'
import { VERSION } from './version.ts'

const [word = '--help', ...argv] = process.argv.slice(2)
const verb = verbOf(word)

/** A reader that goes away (`| head`) does not stop a release. */
function ignoreClosedOutputs(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
}

if (word === '--version' || word === '-v' || word === 'version') {
  process.stdout.write(`${VERSION}\n`)
} else if (word === '--help' || word === '-h' || word === 'help') {
  process.stdout.write(USAGE)
} else if (word === 'demo') {
  ignoreClosedOutputs()
  const { demo } = await import('../../demo/index.ts')
  process.exitCode = await demo(argv)
} else if (verb) {
  ignoreClosedOutputs()
  const { run } = await import('./run.ts')
  const code = await run(verb, argv)
  // Idle connections to engines and registries would keep the process open.
  process.stdout.write('', () => process.exit(code))
} else {
  process.stderr.write(`immutable-deploy: there is no command ${JSON.stringify(word)}\n\n${USAGE}`)
  process.exitCode = 2
}

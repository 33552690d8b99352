import { formatDuration } from '../src/domain/duration.ts'
import { SampleApp } from './app.ts'
import { clean, clearStage } from './clean.ts'
import { findEngine } from './engine.ts'
import { canInstall, install } from './packages.ts'
import { startRegistry } from './registry.ts'
import { DemoError, stopChildren, which } from './shell.ts'
import { Home } from './state.ts'
import { tell } from './story.ts'
import { Talk } from './talk.ts'

const HELP = `immutable-deploy demo [--step] | --clean

Four versions of a sample app on a local Swarm: released, replaced, caught by its smoke test, rolled back by itself,
and rolled back by hand. Needs Docker, or Debian/Ubuntu and root.

  --step    wait for Enter after each act
  --clean   remove everything that the demo made
`

/** @returns the exit code: 0 when every act ended as told, 1 otherwise, 2 for wrong use */
export async function demo(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help')) {
    process.stdout.write(HELP)
    return 0
  }
  const unknown = argv.find((word) => word !== '--step' && word !== '--clean')
  if (unknown !== undefined) {
    process.stderr.write(`immutable-deploy demo: ${JSON.stringify(unknown)} is not an option\n\n${HELP}`)
    return 2
  }
  const talk = new Talk(argv.includes('--step'))
  stopOnSignals(talk)
  try {
    const home = new Home()
    await (argv.includes('--clean') ? clean(home, talk) : show(home, talk))
    return 0
  } catch (error) {
    if (!(error instanceof DemoError)) throw error
    talk.bad(error.message.split('\n')[0] ?? '')
    for (const line of error.message.split('\n').slice(1)) talk.say(line)
    return 1
  } finally {
    talk.close()
  }
}

async function show(home: Home, talk: Talk): Promise<void> {
  talk.say('Immutable Deploy: one commit becomes one proven image, replaces what runs, and goes back.')
  talk.say()
  home.note({})
  const engine = await findEngine(home, talk)
  if (!which('git')) {
    if (!canInstall()) throw new DemoError('git is missing: the sample app lives in a repository.')
    await install(['git'], home, talk)
  }
  await clearStage(engine.env, talk)
  const registry = await startRegistry(engine, home, talk)
  const app = await SampleApp.create(engine, home, talk)
  const started = Date.now()
  await tell({ app, engine, registry, home, talk })
  talk.say()
  talk.say(`The end, after ${formatDuration(Date.now() - started)}. Everything is still there to look at:`)
  talk.say(`    ${engine.docker} service ps immutable-demo_web`)
  talk.say('`npm run demo:clean` removes it all.')
}

/** What was made so far is noted, so it can stay until it is cleaned up. */
function stopOnSignals(talk: Talk): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopChildren()
      talk.close()
      talk.say('Stopped. `npm run demo:clean` removes what was made.')
      process.exit(130)
    })
  }
}

// Everything that takes time ends with the run: signals of one's own, and processes, are made only where that is seen to.
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../harness/node.ts'

const src = path.join(root, 'src')

/** What is not the run's own signal, and why it may be there. */
const OWN_SIGNALS: Readonly<Record<string, string>> = {
  'actions/main.ts': 'the signal of a run itself',
  'cli/run.ts': 'the signal of a run itself',
  'async/deadline.ts': 'follows its parents',
  'compose/github.ts': 'the last word of a cancelled run, with a short deadline',
  'pipeline/steps/gates.ts': 'ends the other gates; follows the run',
  'targets/kubernetes/watch/watched.ts': 'ends a watch that is not needed any more',
  'targets/kubernetes/watch/changes.ts': 'ends a wait that is not needed any more',
  'targets/kubernetes/lock/held-lease.ts': 'ends the renewal of a lease',
  'targets/swarm/watch.ts': 'ends a watch that is not needed any more',
  'smoke/life.ts': 'the life of a container, which is removed when the run is over',
  'smoke/ground.ts': 'ends the timer of a removal',
  'adapters/docker/events.ts': 'ends a stream that is not needed any more',
  'adapters/docker/containers.ts': 'ends a timer',
  'adapters/registry/within.ts': 'a deadline above the one of each exchange, which ends with the run',
}

/** Who starts processes: each takes the signal of the run. */
const STARTS_PROCESSES = ['adapters/docker/dial.ts', 'adapters/git/git.ts', 'adapters/process/guard.ts']
STARTS_PROCESSES.push('adapters/process/run.ts')

const filesWith = (pattern: RegExp): string[] =>
  globSync('**/*.ts', { cwd: src })
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => pattern.test(readFileSync(path.join(src, file), 'utf8')))
    .sort()

it('signals that are not the run’s are made only where it is known why', () => {
  expect(filesWith(/\bnew AbortController\(|\bAbortSignal\.timeout\(/)).toEqual(Object.keys(OWN_SIGNALS).sort())
})

it('processes are started only by those who end them with the run', () => {
  expect(filesWith(/^import \{[^}]*\} from 'node:child_process'/m)).toEqual(STARTS_PROCESSES.sort())
})

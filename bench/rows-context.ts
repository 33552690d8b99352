// A context of 100,000 files: the build step beside Docker's own client with BuildKit, first and with one file changed.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { tempDir } from '../test/harness/temp.ts'
import { compare, must } from './measure.ts'
import type { World } from './world.ts'

const FOLDERS = 1000
const FILES = 100
const WARM_ROUNDS = 3
const BOUND = 1.3

export async function contextRows(world: World): Promise<void> {
  const source = manyFiles()
  const image = `${world.registry.host}/bench/context`
  const env = { DOCKER_HOST: `unix://${world.socket}`, DOCKER_BUILDKIT: '1', PATH: process.env['PATH'] }
  const ours = async (folder: string) => {
    const inputs = { image, promote: 'none', smoke: 'off' }
    const { outputs } = await world.action('release', inputs, { cwd: folder, outcome: 'checked' })
    const { timings } = JSON.parse(outputs['result'] ?? '{}') as { timings: Record<string, number> }
    return timings['build'] ?? Number.NaN
  }
  const floor = async (folder: string) => (await must(world.dockerCommand, ['build', '--quiet', folder], { env })).ms
  const name = `build of ${String(FOLDERS * FILES)} files, beside docker build`
  // Each build has a folder of its own, of which the engine has seen nothing. The very first one pays for what the system
  // still writes and for the growth of the engine's disk, so it is not counted; then each comes first once.
  const fresh = () => copy(source)
  const [unmeasured, one, other, third, fourth] = [fresh(), fresh(), fresh(), fresh(), fresh()]
  settle()
  await floor(unmeasured)
  const cold = { ours: [await ours(one)], floor: [await floor(other)] }
  cold.floor.push(await floor(third))
  cold.ours.push(await ours(fourth))
  compare(`${name}: cold`, cold.ours, cold.floor, BOUND)
  const warm: Record<'ours' | 'floor', number[]> = { ours: [], floor: [] }
  for (let round = 0; round < WARM_ROUNDS; round++) {
    for (const folder of [one, other]) writeFileSync(path.join(folder, 'changed'), String(Math.random()))
    warm.ours.push(await ours(one))
    warm.floor.push(await floor(other))
  }
  compare(`${name}: one file changed`, warm.ours, warm.floor, BOUND)
}

/** A commit of many small files. */
function manyFiles(): string {
  const folder = path.join(tempDir('context'), 'source')
  for (let at = 0; at < FOLDERS; at++) {
    const inner = path.join(folder, `part-${String(at)}`)
    mkdirSync(inner, { recursive: true })
    for (let file = 0; file < FILES; file++)
      writeFileSync(path.join(inner, `file-${String(file)}`), `${String(at)} ${String(file)}\n`)
  }
  writeFileSync(path.join(folder, 'Dockerfile'), 'FROM scratch\nCOPY . /app\nCMD ["/app/none"]\n')
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      [
        '-c',
        'gc.auto=0',
        '-c',
        'maintenance.auto=false',
        '-c',
        'user.name=a',
        '-c',
        'user.email=a@example.com',
        ...args,
      ],
      {
        cwd: folder,
        stdio: 'ignore',
      },
    )
  git('init', '-q')
  git('add', '--all')
  git('commit', '-q', '--message', 'many')
  return folder
}

/** Waits until what was written is on the disk: the system would write it while the first one builds. */
function settle(): void {
  execFileSync('sync')
}

function copy(source: string): string {
  const folder = path.join(tempDir('context'), 'copy')
  execFileSync('cp', ['--archive', source, folder])
  return folder
}

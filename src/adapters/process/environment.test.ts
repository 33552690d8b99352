import { chmodSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../../../test/harness/node.ts'
import { tempDir } from '../../../test/harness/temp.ts'
import { DialSocket } from '../docker/dial.ts'
import { git } from '../git/git.ts'
import { askHelper } from '../registry/helper.ts'
import { childEnvironment } from './environment.ts'
import { run } from './run.ts'

const HIDDEN = {
  'INPUT_GITHUB-TOKEN': 'hidden',
  INPUT_SECRETS: 'hidden',
  STATE_token: 'hidden',
  ACTIONS_RUNTIME_TOKEN: 'hidden',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'hidden',
  GITHUB_TOKEN: 'hidden',
  GH_TOKEN: 'hidden',
  GITHUB_ENV: 'hidden',
  GITHUB_PATH: 'hidden',
}
const SHOWN = {
  HOME: '/home/me',
  GITHUB_SHA: 'abc',
  RUNNER_TRACKING_ID: 'github_1',
  AWS_PROFILE: 'x',
  NPM_TOKEN: 'own',
}

/** Programs of that name print their environment into a file and fail. */
function fakeTools(...names: readonly string[]) {
  const folder = tempDir('tools')
  const printed = path.join(folder, 'env')
  for (const name of names) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\nenv > ${printed}\nexit 1\n`)
    chmodSync(path.join(folder, name), 0o755)
  }
  const env = { ...HIDDEN, ...SHOWN, PATH: `${folder}:/usr/bin:/bin` }
  return { folder, env, seen: () => readFileSync(printed, 'utf8') }
}

describe('a child process is not handed the job’s secrets', () => {
  const signal = new AbortController().signal
  it.each([
    ['run', 'anything', (f: Fake) => run(path.join(f.folder, 'anything'), [], { env: f.env })],
    ['git', 'git', (f: Fake) => git(f.folder, ['status'], { env: f.env, signal })],
    ['a credential helper', 'docker-credential-x', (f: Fake) => askHelper('x', 'ghcr.io', f.env, signal)],
    ['docker over ssh', 'docker', (f: Fake) => dialled(['docker', '-H', 'ssh://a', 'system', 'dial-stdio'], f.env)],
  ])('%s', async (_, name, start) => {
    const fake = fakeTools(name)
    await start(fake).catch(() => undefined)
    expect(fake.seen()).not.toContain('hidden')
    for (const shown of Object.keys(SHOWN)) expect(fake.seen()).toContain(`${shown}=`)
  })

  it('but what it needs by name, and what is its own', async () => {
    const fake = fakeTools('anything')
    const options = { env: fake.env, keep: ['ACTIONS_RUNTIME_TOKEN'], own: { INPUT_X: 'mine' } }
    await run(path.join(fake.folder, 'anything'), [], options)
    expect(fake.seen()).toContain('ACTIONS_RUNTIME_TOKEN=hidden')
    expect(fake.seen()).toContain('INPUT_X=mine')
    expect(fake.seen()).not.toContain('GITHUB_TOKEN')
  })

  it('every file that starts a process takes its environment from here', () => {
    const files = globSync('src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
    const starters = files.filter((file) =>
      /child_process|@actions\/exec/.test(readFileSync(path.join(root, file), 'utf8')),
    )
    expect(starters.length).toBeGreaterThan(3)
    const without = starters.filter(
      (file) => !readFileSync(path.join(root, file), 'utf8').includes('childEnvironment('),
    )
    expect(without).toEqual([])
  })
})

type Fake = ReturnType<typeof fakeTools>

function dialled(argv: readonly string[], env: Fake['env']): Promise<void> {
  const socket = new DialSocket(argv, env)
  return new Promise((resolve) => socket.on('error', () => resolve()).on('close', () => resolve()))
}

it('knows the names in any case', () => {
  expect(childEnvironment({ input_x: '1', Gh_Token: '2', GITHUB_TOKEN_OTHER: '3', A: undefined })).toEqual({
    GITHUB_TOKEN_OTHER: '3',
  })
})

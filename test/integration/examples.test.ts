// The examples through actionlint, with our action's own metadata behind them: types of inputs, contexts, shell.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { describeWith, need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import { tempDir } from '../harness/temp.ts'

describeWith('lint')('the examples', () => {
  it('are correct workflows', () => {
    const repository = tempDir('examples')
    const folder = path.join(repository, '.github/workflows')
    mkdirSync(folder, { recursive: true })
    for (const part of ['action.yml', 'release', 'rollback', 'preview']) {
      cpSync(path.join(root, part), path.join(repository, part), { recursive: true })
    }
    for (const bundle of ['release', 'rollback', 'preview', 'cleanup']) {
      mkdirSync(path.join(repository, 'dist', bundle), { recursive: true })
      writeFileSync(path.join(repository, 'dist', bundle, 'index.js'), '')
    }
    for (const name of readdirSync(path.join(root, 'examples')).filter((file) => file.endsWith('.yml'))) {
      const text = readFileSync(path.join(root, 'examples', name), 'utf8')
      // Seen from inside the repository the action is `./`: only then are its inputs checked.
      writeFileSync(
        path.join(folder, name),
        text.replaceAll(/OWNER\/immutable-deploy(\/rollback|\/preview)?@v1/g, '.$1/'),
      )
    }
    execFileSync('git', ['init', '-q', repository])
    const ownLabels = ['-ignore', 'label ".+" is unknown']
    const { status, stdout } = spawnSync(need('lint').ACTIONLINT, ownLabels, { cwd: repository, encoding: 'utf8' })
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })
})

// The commands that pages show, run as they stand there: only names and places are others.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { spellOutFolder } from '../harness/act-differences.ts'
import { describeWith, need } from '../harness/lab.ts'
import { root } from '../harness/node.ts'
import { tempDir } from '../harness/temp.ts'

const page = (name: string) => readFileSync(path.join(root, 'docs', name), 'utf8')

function blocks(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, block = '']) => block)
}

describeWith('kubernetes')('docs/kubernetes.md', () => {
  const namespace = `recipe-${String(process.pid)}`
  const folder = tempDir('recipe')
  const env = { PATH: process.env['PATH'], HOME: folder, KUBECONFIG: need('kubernetes').KUBECONFIG }
  const kubectl = (...args: string[]) => spawnSync('kubectl', args, { cwd: folder, env, encoding: 'utf8' })
  afterAll(() => {
    kubectl('delete', 'namespace', namespace, '--wait=false')
  })

  it('makes a service account that may release, and nothing else', () => {
    kubectl('create', 'namespace', namespace)
    const text = page('kubernetes.md')
      .replaceAll('--namespace shop', `--namespace ${namespace}`)
      .replaceAll(/namespace: shop\b/g, `namespace: ${namespace}`)
      .replaceAll('shop:deployer', `${namespace}:deployer`)
    const role = blocks(text, 'yaml').find((block) => block.includes('kind: Role'))
    writeFileSync(path.join(folder, 'role.yml'), role ?? '')
    const commands = blocks(text, 'sh').filter((block) => block.includes('deployer'))
    expect(commands).toHaveLength(2)
    const done = spawnSync('bash', ['-eo', 'pipefail', '-c', commands.join('\n')], {
      cwd: folder,
      env,
      encoding: 'utf8',
    })
    expect(done.stderr).not.toMatch(/error|forbidden/i)
    expect(done.status).toBe(0)

    const may = (...what: string[]) => kubectl('--kubeconfig', 'deployer.yml', 'auth', 'can-i', ...what).stdout.trim()
    expect(may('patch', 'deployments')).toBe('yes')
    expect(may('create', 'leases.coordination.k8s.io')).toBe('yes')
    expect(may('get', 'secrets')).toBe('no')
    expect(may('patch', 'deployments', '--namespace', 'default')).toBe('no')
    const own = readFileSync(need('kubernetes').KUBECONFIG, 'utf8')
    const secrets = [...own.matchAll(/(?:token|client-key-data): (\S+)/g)].map(([, secret = '']) => secret)
    expect(secrets.length).toBeGreaterThan(0)
    for (const secret of secrets) expect(readFileSync(path.join(folder, 'deployer.yml'), 'utf8')).not.toContain(secret)
  })
})

describeWith('lint')('docs/reusable-workflows.md', () => {
  it('the copies for GitHub Enterprise Server name the actions, and are correct workflows', () => {
    const repository = tempDir('copies')
    const folder = path.join(repository, '.github/workflows')
    mkdirSync(folder, { recursive: true })
    for (const name of ['release', 'rollback', 'preview']) {
      cpSync(path.join(root, `.github/workflows/${name}.yml`), path.join(folder, `${name}.yml`))
    }
    const [command = ''] = blocks(page('reusable-workflows.md'), 'sh')
    expect(command).toContain('sed')
    execFileSync('bash', ['-e', '-c', command], { cwd: repository })
    const texts = ['release', 'rollback', 'preview'].map((name) =>
      readFileSync(path.join(folder, `${name}.yml`), 'utf8'),
    )
    const uses = texts.flatMap((text) => [...text.matchAll(/uses: (\S+)/g)].map(([, one = '']) => one))
    expect(uses.filter((one) => !/@[0-9a-f]{40}$/.test(one)).map((one) => one.replace(/\w+@/, '@'))).toEqual(
      Array.from({ length: 7 }, () => 'OWNER/immutable-deploy/@v1'),
    )
    // What the server does not know is taken out, as the page says.
    spellOutFolder(folder)
    execFileSync('git', ['init', '-q', repository])
    const { stdout } = spawnSync(need('lint').ACTIONLINT, [], { cwd: repository, encoding: 'utf8' })
    expect(stdout).toBe('')
  })
})

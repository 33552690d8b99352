import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'
import * as v from 'valibot'

/** kubectl takes a number or a word like `on` where it wants text. */
const text = v.pipe(v.union([v.string(), v.number(), v.bigint(), v.boolean()]), v.transform(String))
const KubeconfigSchema = v.object({
  'current-context': v.nullish(text),
  contexts: v.nullish(v.array(v.object({ name: text, context: v.nullish(v.object({ namespace: v.nullish(text) })) }))),
})
type Kubeconfig = v.InferOutput<typeof KubeconfigSchema>

const IN_CLUSTER = '/var/run/secrets/kubernetes.io/serviceaccount/namespace'

/**
 * The namespace that kubectl would use, read without a process: several files merge as kubectl merges them (the first
 * that says something wins). Files that can't be read say nothing; kubectl itself complains about them.
 */
export async function contextNamespace(
  env: Readonly<Record<string, string | undefined>>,
  context: string | undefined,
): Promise<string> {
  const configs = (await Promise.all(files(env).map(readConfig))).filter((config) => config !== undefined)
  const name = context ?? configs.map((config) => config['current-context']).find((text) => text)
  const entry = configs.flatMap(({ contexts }) => contexts ?? []).find((candidate) => candidate.name === name)
  if (entry) return entry.context?.namespace || 'default'
  if (env['KUBERNETES_SERVICE_HOST'] === undefined) return 'default'
  return readFile(IN_CLUSTER, 'utf8').then(
    (text) => text.trim() || 'default',
    () => 'default',
  )
}

function files(env: Readonly<Record<string, string | undefined>>): string[] {
  const listed = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '')
  return listed.length > 0 ? listed : [path.join(env['HOME'] ?? homedir(), '.kube', 'config')]
}

async function readConfig(file: string): Promise<Kubeconfig | undefined> {
  try {
    const content = await readFile(file, 'utf8')
    const { readYaml } = await import('../../inputs/yaml.ts')
    const [document] = readYaml(content, 'kubernetes').documents
    const parsed = v.safeParse(KubeconfigSchema, document?.value)
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}

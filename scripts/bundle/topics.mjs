// Which lazily loaded code shares a chunk, and what its file is called: everything of one topic is one file.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** Topics that the folder does not say: what is asked for often must not load what is asked for seldom. */
const EXCEPTIONS = { 'cli/index.js': 'cli', 'compose/ports.js': 'pipeline' }
/** Rooms that are loaded together with another one, or are so small that a file of their own would cost more. */
const JOINED = { compose: 'pipeline', git: 'pipeline', github: 'pipeline', registry: 'pipeline', process: 'docker' }
const ROOMS_BY_FOLDER = ['adapters', 'targets']

/** `adapters/docker/connection.js` → `docker`, `smoke/run.js` → `smoke`, `@actions/exec` → `exec`. */
export function topicOf(module) {
  if (!module.endsWith('.js')) return module.split('/').at(-1)
  const file = module.replace(/^src\//, '')
  const [room, folder] = file.split('/')
  const topic = ROOMS_BY_FOLDER.includes(room) ? folder : room === 'cli' ? 'commands' : room
  return EXCEPTIONS[file] ?? JOINED[topic] ?? topic
}

/** Writes the topic into every `import()` below a folder, in the words of the bundler. */
export function nameChunks(folder) {
  for (const file of readdirSync(folder, { recursive: true })) {
    if (!file.endsWith('.js')) continue
    const text = readFileSync(path.join(folder, file), 'utf8')
    const named = text.replace(/\bimport\((['"])([^'"]+)\1\)/g, (call, quote, name) => {
      if (name.startsWith('node:')) return call
      const module = name.startsWith('.') ? path.posix.join(path.posix.dirname(file), name) : name
      return `import(/* webpackChunkName: "${topicOf(module)}" */ ${quote}${name}${quote})`
    })
    if (named !== text) writeFileSync(path.join(folder, file), named)
  }
}

/** The bundler numbers its files: number → name, for those that have a topic and those that are shared by some. */
export function fileNames({ chunks, chunkGraph }, folder) {
  const names = new Map()
  for (const chunk of [...chunks].sort((one, two) => one.id - two.id)) {
    if (chunk.hasRuntime()) continue
    const name = chunk.name ?? `shared-${mostOf([...chunkGraph.getChunkModulesIterable(chunk)], folder)}`
    const taken = [...names.values()].filter((other) => other === name || other.startsWith(`${name}-`)).length
    names.set(chunk.id, taken === 0 ? name : `${name}-${taken + 1}`)
  }
  return names
}

/** Where most of a chunk's text is from: a package, or a folder of ours. */
function mostOf(modules, folder) {
  const sizes = new Map()
  for (const module of modules.flatMap((one) => (one.modules ? [...one.modules] : [one]))) {
    const file = module.resource ?? ''
    const [, scope, name] = /node_modules\/(?:(@[^/]+)\/)?([^/]+)\/(?!.*node_modules)/.exec(file) ?? []
    // Amazon's SDK is many small packages of three owners.
    const of = /^@(?:aws|smithy)/.test(scope ?? '')
      ? 'aws-sdk'
      : (name ?? topicOf(path.relative(folder, file).split(path.sep).join('/')))
    sizes.set(of, (sizes.get(of) ?? 0) + module.size())
  }
  return [...sizes].sort((one, two) => two[1] - one[1] || (one[0] < two[0] ? -1 : 1))[0]?.[0] ?? 'code'
}

// Compiles src and demo with tsc, then bundles it with ncc into dist/bundle: one entry, whose lazily loaded parts are shared by
// all that is published. dist/<name>/index.js starts one of them.
//   node scripts/build.mjs [--out DIR]
// The bundle is committed: an action is downloaded and started, never installed.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { minify } from 'terser'
import { licenses } from './bundle/licenses.mjs'
import { fileNames, nameChunks } from './bundle/topics.mjs'

const root = path.resolve(import.meta.dirname, '..')
const option = (name, fallback) => {
  const at = process.argv.indexOf(name)
  return at < 0 ? fallback : path.resolve(process.argv[at + 1])
}
const out = option('--out', path.join(root, 'dist'))
const packageFile = '{"type":"module"}\n'

// Always the same folder, seen from the same place, because module ids are made of paths; one build at a time.
process.chdir(root)
const build = path.join(root, 'build')
await take(build)
const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-p', path.join(root, 'tsconfig.build.json'), '--outDir', build], {
  stdio: 'inherit',
})
write(build, 'package.json', packageFile)
const { PUBLISHED } = await import(pathToFileURL(path.join(build, 'src/bundle.js')).href)
nameChunks(build)

const ncc = createRequire(import.meta.url)('@vercel/ncc')
const { code, assets, stats } = await ncc(path.join(build, 'src/bundle.js'), {
  minify: false,
  cache: false,
  quiet: true,
})
rmSync(out, { recursive: true, force: true })
const names = fileNames(stats.compilation, build)
const renamed = (file) => file.replace(/^(\d+)\.index\.js$/, (_, id) => `${names.get(Number(id))}.js`)
write(out, 'package.json', packageFile)
write(out, 'bundle/index.js', await smaller(withNames(code)))
for (const [file, { source }] of Object.entries(assets)) {
  if (file === 'package.json') continue
  write(out, `bundle/${renamed(file)}`, file.endsWith('.js') ? await smaller(String(source)) : source)
}
write(out, 'licenses.txt', licenses(stats.compilation))
for (const name of PUBLISHED) {
  const lines = ['#!/usr/bin/env node', "import { start } from '../bundle/index.js'", '', `await start('${name}')`, '']
  write(out, `${name}/index.js`, lines.join('\n'))
}

/** The bundler's runtime makes a chunk's file of its number. */
function withNames(text) {
  const pattern = /return "" \+ chunkId \+ "\.index\.js"/
  if (!pattern.test(text)) throw new Error('the bundler names its files in another way: see withNames')
  return text.replace(pattern, `return ${JSON.stringify(Object.fromEntries(names))}[chunkId] + ".js"`)
}

/** ncc leaves chunks as they are: half of their bytes would be read for nothing at every start. */
async function smaller(text) {
  return (await minify(text, { module: true, ecma: 2020, mangle: true, compress: { passes: 1 } })).code
}

function write(folder, file, content) {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
  writeFileSync(path.join(folder, file), content)
}

/** Making the folder is the lock; one that is older than any build was left by a killed one. */
async function take(folder) {
  for (;;) {
    try {
      mkdirSync(folder)
      process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
      return
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
      if (Date.now() - statSync(folder, { throwIfNoEntry: false })?.ctimeMs > 300_000)
        rmSync(folder, { recursive: true, force: true })
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
}

// Compiles src with tsc, then bundles each entry with ncc into dist/<name>/index.js.
//   node scripts/build.mjs [--out DIR]
// The bundles are committed: an action is downloaded and started, never installed.
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { minify } from 'terser'

const root = path.resolve(import.meta.dirname, '..')
const option = (name, fallback) => {
  const at = process.argv.indexOf(name)
  return at < 0 ? fallback : path.resolve(process.argv[at + 1])
}
const out = option('--out', path.join(root, 'dist'))
const entries = {
  release: 'actions/release.js',
  rollback: 'actions/rollback.js',
  cleanup: 'actions/cleanup.js',
  cli: 'cli/index.js',
}

// Always the same folder, seen from the same place, because module ids are made of paths; one build at a time.
process.chdir(root)
const build = path.join(root, 'build')
await take(build)
const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [tsc, '-p', path.join(root, 'tsconfig.build.json'), '--outDir', build], {
  stdio: 'inherit',
})
writeFileSync(path.join(build, 'package.json'), '{"type":"module"}\n')

const ncc = createRequire(import.meta.url)('@vercel/ncc')
rmSync(out, { recursive: true, force: true })
for (const [name, entry] of Object.entries(entries)) {
  const { code, assets } = await ncc(path.join(build, entry), {
    minify: true,
    cache: false,
    quiet: true,
    license: 'licenses.txt',
  })
  const folder = path.join(out, name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'index.js'), code)
  for (const [file, asset] of Object.entries(assets)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), await smaller(file, asset.source))
  }
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}\n')
}

/** ncc leaves the chunks of lazy imports as they are: half of their bytes would be read for nothing at every start. */
async function smaller(file, source) {
  if (!file.endsWith('.js')) return source
  const { code } = await minify(String(source), { module: true, ecma: 2020, mangle: true, compress: { passes: 1 } })
  return code
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

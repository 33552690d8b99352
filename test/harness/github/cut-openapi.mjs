// Cuts GitHub's published OpenAPI description (npm: @octokit/openapi, MIT) down to the operations that we use:
//   npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz && node test/harness/github/cut-openapi.mjs package
// The whole package is 385 MB, so its part is kept in fixtures/ instead of a dependency.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const [folder = 'package'] = process.argv.slice(2)
const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'))
const full = JSON.parse(readFileSync(path.join(folder, 'generated/api.github.com.json'), 'utf8'))

const REPO = '/repos/{owner}/{repo}'
const WANTED = {
  [REPO]: ['get'],
  [`${REPO}/deployments`]: ['get', 'post'],
  [`${REPO}/deployments/{deployment_id}`]: ['get', 'delete'],
  [`${REPO}/deployments/{deployment_id}/statuses`]: ['get', 'post'],
  [`${REPO}/compare/{basehead}`]: ['get'],
  [`${REPO}/pulls`]: ['get'],
  [`${REPO}/pulls/{pull_number}`]: ['get'],
  [`${REPO}/commits/{commit_sha}/pulls`]: ['get'],
  [`${REPO}/issues/{issue_number}/comments`]: ['get', 'post'],
  [`${REPO}/issues/comments/{comment_id}`]: ['get', 'patch', 'delete'],
  [`${REPO}/actions/runs/{run_id}`]: ['get'],
  [`${REPO}/actions/runs/{run_id}/attempts/{attempt_number}`]: ['get'],
  [`${REPO}/releases`]: ['get', 'post'],
  [`${REPO}/releases/{release_id}`]: ['patch'],
  [`${REPO}/releases/{release_id}/assets`]: ['get', 'post'],
  [`${REPO}/releases/assets/{asset_id}`]: ['delete'],
  [`${REPO}/git/matching-refs/{ref}`]: ['get'],
  [`${REPO}/git/refs`]: ['post'],
  [`${REPO}/git/refs/{ref}`]: ['patch'],
  '/orgs/{org}/artifacts/metadata/deployment-record': ['post'],
}
const NOISE = new Set(['examples', 'example', 'externalDocs', 'description', 'summary', 'tags', 'title', 'default'])

/** A map from names to schemas: its keys are names, not keywords. */
const NAMED = new Set(['properties', 'patternProperties'])

function clean(value, isMap = false) {
  if (Array.isArray(value)) return value.map((item) => clean(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => isMap || !(NOISE.has(key) || key.startsWith('x-')))
      .map(([key, item]) => [key, clean(item, !isMap && NAMED.has(key))]),
  )
}

const cut = {
  openapi: full.openapi,
  info: { version, source: '@octokit/openapi, api.github.com.json' },
  paths: {},
  components: {},
}
const missing = []
for (const [name, methods] of Object.entries(WANTED)) {
  cut.paths[name] = Object.fromEntries(
    methods.map((method) => [method, clean(full.paths[name]?.[method]) ?? missing.push(`${method} ${name}`)]),
  )
}
if (missing.length > 0) throw new Error(`not in the description: ${missing.join(', ')}`)

/** Follows every reference, so that the cut stands by itself. */
const waiting = [cut.paths]
while (waiting.length > 0) {
  for (const [, kind, name] of JSON.stringify(waiting.pop()).matchAll(/"#\/components\/([\w-]+)\/([^"]+)"/g)) {
    cut.components[kind] ??= {}
    if (cut.components[kind][name]) continue
    cut.components[kind][name] = clean(full.components[kind][name])
    waiting.push(cut.components[kind][name])
  }
}
const file = path.join(import.meta.dirname, 'fixtures', 'openapi.json')
writeFileSync(file, `${JSON.stringify(cut)}\n`)
console.log(`${file}: ${String(Object.keys(cut.components.schemas).length)} schemas of ${version}`)

// What .github/workflows/publish.yml runs: node scripts/publish/main.ts FILE…
import { context, getOctokit } from '@actions/github'
import { publish } from './publish.ts'

try {
  const { GITHUB_TOKEN: token = '', GITHUB_REF_NAME: tag = '' } = process.env
  await publish(getOctokit(token), { ...context.repo, tag, sha: context.sha, files: process.argv.slice(2) })
} catch (error) {
  console.log(`::error::${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}

// Publishes a version on GitHub: an immutable release with all of its files, then the moving tag of its major version.
// Every step may be repeated: a run that starts again goes on with the release, or with the draft, of the run before.
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { getOctokit } from '@actions/github'

type Octokit = ReturnType<typeof getOctokit>
type Release = Awaited<ReturnType<Octokit['rest']['repos']['createRelease']>>['data']

export interface Version {
  readonly owner: string
  readonly repo: string
  /** `v1.2.3` */
  readonly tag: string
  /** The commit that the tag names. */
  readonly sha: string
  /** Paths of the files of the release. */
  readonly files: readonly string[]
}

/** @throws Error where the release can still be changed after it was published */
export async function publish(octokit: Octokit, version: Version): Promise<void> {
  const known = await findRelease(octokit, version)
  const release = known?.draft === false ? known : await publishDraft(octokit, version, known)
  if (release.immutable !== true) {
    throw new Error('The release is not immutable: switch on "Release immutability" in the settings of the repository.')
  }
  await moveMajorTag(octokit, version)
}

/** GitHub does not find a draft by its tag, so the releases are listed. */
async function findRelease({ rest, paginate }: Octokit, { owner, repo, tag }: Version): Promise<Release | undefined> {
  const releases = await paginate(rest.repos.listReleases, { owner, repo, per_page: 100 })
  const found = releases.filter(({ tag_name }) => tag_name === tag)
  return found.find(({ draft }) => !draft) ?? found[0]
}

/** All files are there before the release is published, because an immutable one takes no further file. */
async function publishDraft(octokit: Octokit, version: Version, draft: Release | undefined): Promise<Release> {
  const { repos } = octokit.rest
  const { owner, repo, tag } = version
  const created = { owner, repo, tag_name: tag, name: tag, draft: true, generate_release_notes: true }
  const release = draft ?? (await repos.createRelease(created)).data
  for (const file of version.files) await upload(octokit, version, { release, file })
  return (await repos.updateRelease({ owner, repo, release_id: release.id, draft: false })).data
}

interface Upload {
  readonly release: Release
  readonly file: string
}

/** Replaces a file of that name: an upload that was cut off leaves one that is not whole. */
async function upload(octokit: Octokit, { owner, repo }: Version, { release, file }: Upload): Promise<void> {
  const { repos } = octokit.rest
  const name = path.basename(file)
  const listed = { owner, repo, release_id: release.id, per_page: 100 }
  const assets = await octokit.paginate(repos.listReleaseAssets, listed)
  for (const asset of assets.filter((one) => one.name === name)) {
    await repos.deleteReleaseAsset({ owner, repo, asset_id: asset.id })
  }
  const data = await readFile(file)
  const headers = { 'content-type': 'application/octet-stream', 'content-length': data.byteLength }
  // A template of GitHub's own: `https://uploads.github.com/…/assets{?name,label}`.
  await octokit.request({ method: 'POST', url: release.upload_url, name, data, headers })
}

/** `v1` names the newest `v1.x.y`: publishing a fix of an older minor version must not move it back. */
async function moveMajorTag({ rest: { git } }: Octokit, { owner, repo, tag, sha }: Version): Promise<void> {
  const major = tag.split('.')[0] ?? tag
  const { data: refs } = await git.listMatchingRefs({ owner, repo, ref: `tags/${major}` })
  const names = refs.map(({ ref }) => ref.replace('refs/tags/', ''))
  const newest = names.filter((name) => name.startsWith(`${major}.`)).reduce(laterOf, tag)
  if (newest !== tag) {
    console.log(`::notice::${major} stays on ${newest}.`)
    return
  }
  if (names.includes(major)) await git.updateRef({ owner, repo, ref: `tags/${major}`, sha, force: true })
  else await git.createRef({ owner, repo, ref: `refs/tags/${major}`, sha })
}

/** Of two tags the one with the later version; one that is not a version is never later. */
function laterOf(one: string, other: string): string {
  const [, ...numbers] = /^v(\d+)\.(\d+)\.(\d+)$/.exec(other) ?? []
  const [, ...against] = /^v(\d+)\.(\d+)\.(\d+)$/.exec(one) ?? []
  const differing = numbers.findIndex((number, index) => Number(number) !== Number(against[index]))
  return differing >= 0 && Number(numbers[differing]) > Number(against[differing]) ? other : one
}

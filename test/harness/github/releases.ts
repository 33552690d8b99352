// Releases with their files, and the references that they stand on.
import type { Asked, ReleaseRecord, Row, World } from './model.ts'
import { invalid, notFound, Refusal, textOf, userOf } from './model.ts'
import { complete } from './openapi.ts'

const REPO = '/repos/{owner}/{repo}'

function shownRelease(world: World, release: ReleaseRecord, origin: string): object {
  const { id, tag, draft, immutable } = release
  const { owner, repository } = world
  return complete('release', {
    ...{ id, tag_name: tag, name: tag, draft, immutable },
    upload_url: `${origin}/repos/${owner}/${repository}/releases/${String(id)}/assets{?name,label}`,
    author: complete('simple-user', {}),
    assets: release.assets.map((one) => shownAsset(one)),
  })
}

function shownAsset({ id, name, content }: ReleaseRecord['assets'][number]): object {
  const uploader = userOf({ login: 'github-actions[bot]', permissions: {} })
  return complete('release-asset', { id, name, size: content.length, state: 'uploaded', uploader })
}

function find({ world, values }: Asked): ReleaseRecord {
  const found = world.releases.find(({ id }) => String(id) === values.release_id)
  if (!found) throw notFound()
  return found
}

const refuseImmutable = ({ immutable }: ReleaseRecord): void => {
  if (immutable) throw invalid('Cannot change an immutable release.')
}

function create({ world, body, origin }: Asked): ReturnType<Row['answer']> {
  const tag = textOf(body.tag_name)
  if (!world.refs.has(`refs/tags/${tag}`)) throw invalid('the double makes no tag for a release')
  if (world.releases.some((one) => one.tag === tag && !one.draft)) throw invalid('tag_name already exists')
  const release = { id: (world.nextId += 1), tag, draft: body.draft === true, immutable: false, assets: [] }
  world.releases.push(release)
  return { status: 201, body: shownRelease(world, release, origin) }
}

function update(asked: Asked): ReturnType<Row['answer']> {
  const { world, body, origin } = asked
  const release = find(asked)
  if (body.draft === false && release.draft) {
    release.draft = false
    release.immutable = world.hasImmutableReleases
  }
  return { status: 200, body: shownRelease(world, release, origin) }
}

function upload(asked: Asked): ReturnType<Row['answer']> {
  const { world, query, content } = asked
  const release = find(asked)
  refuseImmutable(release)
  const name = query.get('name') ?? ''
  if (release.assets.some((one) => one.name === name)) throw invalid('name already exists')
  const asset = { id: (world.nextId += 1), name, content }
  release.assets.push(asset)
  return { status: 201, body: shownAsset(asset) }
}

function removeAsset({ world, values }: Asked): ReturnType<Row['answer']> {
  const release = world.releases.find(({ assets }) => assets.some(({ id }) => String(id) === values.asset_id))
  if (!release) throw notFound()
  refuseImmutable(release)
  release.assets.splice(
    release.assets.findIndex(({ id }) => String(id) === values.asset_id),
    1,
  )
  return { status: 204 }
}

const shownRef = (ref: string, sha: string): object =>
  complete('git-ref', { ref, object: { sha, type: 'commit', url: 'https://github.test/' } })

export const RELEASE_ROWS: Readonly<Record<string, Row>> = {
  [`GET ${REPO}/releases`]: {
    needs: ['contents', 'read'],
    answer: ({ world, token, origin }) => ({
      list: world.releases
        // Only who may write sees drafts.
        .filter(({ draft }) => !draft || token.permissions.contents === 'write')
        .toReversed()
        .map((one) => shownRelease(world, one, origin)),
    }),
  },
  [`POST ${REPO}/releases`]: { needs: ['contents', 'write'], answer: create },
  [`PATCH ${REPO}/releases/{release_id}`]: { needs: ['contents', 'write'], answer: update },
  [`GET ${REPO}/releases/{release_id}/assets`]: {
    needs: ['contents', 'read'],
    answer: (asked) => ({ list: find(asked).assets.map((one) => shownAsset(one)) }),
  },
  [`POST ${REPO}/releases/{release_id}/assets`]: { needs: ['contents', 'write'], answer: upload },
  [`DELETE ${REPO}/releases/assets/{asset_id}`]: { needs: ['contents', 'write'], answer: removeAsset },
  [`GET ${REPO}/git/matching-refs/{ref}`]: {
    needs: ['contents', 'read'],
    answer: ({ world, values }) => ({
      list: [...world.refs]
        .filter(([name]) => name.startsWith(`refs/${values.ref ?? ''}`))
        .map(([name, sha]) => shownRef(name, sha)),
    }),
  },
  [`POST ${REPO}/git/refs`]: {
    needs: ['contents', 'write'],
    answer: ({ world, body }) => {
      const [ref, sha] = [textOf(body.ref), textOf(body.sha)]
      if (world.refs.has(ref)) throw new Refusal(422, 'Reference already exists')
      world.refs.set(ref, sha)
      return { status: 201, body: shownRef(ref, sha) }
    },
  },
  [`PATCH ${REPO}/git/refs/{ref}`]: {
    needs: ['contents', 'write'],
    answer: ({ world, values, body }) => {
      const [ref, sha] = [`refs/${values.ref ?? ''}`, textOf(body.sha)]
      if (!world.refs.has(ref)) throw new Refusal(422, 'Reference does not exist')
      if (body.force !== true) throw new Refusal(422, 'Update is not a fast forward')
      world.refs.set(ref, sha)
      return { status: 200, body: shownRef(ref, sha) }
    },
  },
}

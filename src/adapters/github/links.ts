/** Where an answer of GitHub's API leads on: the next page of a list, and the new address of what was renamed. */
import { DeployError } from '../../errors/deploy-error.ts'
import type { GitHubCall } from '../../ports.ts'
import type { Answer, Wire } from '../registry/wire.ts'
import { parsed } from './answers.ts'

const MAX_HOPS = 3
const MAX_PAGES = 10
/** GitHub asks to repeat a request as it was, whatever its method, for each of them. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308])

/** The token goes along: whatever is asked lies below the API's own address. */
export function isInside(url: URL, apiUrl: string): boolean {
  return url.href.startsWith(new URL(`${apiUrl}/`).href)
}

/** One exchange, also where the repository was renamed. An address outside of the API is not asked: its answer stays. */
export async function followed(wire: Wire, first: Parameters<Wire>[0], apiUrl: string): Promise<Answer> {
  let answer = await wire(first)
  for (let hop = 0; hop < MAX_HOPS && REDIRECTS.has(answer.status); hop += 1) {
    const url = locationOf(answer)
    if (!url || !isInside(url, apiUrl)) return answer
    answer = await wire({ ...first, url })
  }
  return answer
}

function locationOf({ headers, url }: Answer): URL | undefined {
  const { location } = headers
  return location !== undefined && URL.canParse(location, url.href) ? new URL(location, url.href) : undefined
}

export async function allPages(
  exchange: (call: GitHubCall) => Promise<Answer>,
  call: GitHubCall,
  isEnough: (known: readonly unknown[]) => boolean = () => false,
): Promise<readonly unknown[]> {
  const known: unknown[] = []
  let path = call.path
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const answer = await exchange({ ...call, path })
    const entries = parsed(answer)
    if (!Array.isArray(entries)) throw new DeployError('github-refused', `${answer.asked} was not answered with a list`)
    known.push(...(entries as unknown[]))
    const next = nextPage(answer)
    if (next === undefined || isEnough(known)) break
    path = withQueryOf(path, next)
  }
  return known
}

/** `<https://…?page=2>; rel="next", …` */
function nextPage({ headers }: Answer): URL | undefined {
  const { link } = headers
  const found = /<([^>]+)>;[^,]*\brel="?next"?/.exec(typeof link === 'string' ? link : '')?.[1]
  return found !== undefined && URL.canParse(found) ? new URL(found) : undefined
}

/** Only the query of the link is taken, so that no answer can lead to another place. */
function withQueryOf(path: string, next: URL): string {
  return `${path.split('?')[0] ?? ''}${next.search}`
}

/** What the work tree says against an image that claims to be a commit. */
import type { ReleaseRequest } from '../../domain/request.ts'
import { shortRevision } from '../../domain/revision.ts'
import type { Reason } from '../../errors/deploy-error.ts'
import type { Ports, SourceFacts, Unversioned } from '../../ports.ts'

const CREDENTIAL =
  /(?:^|[/ ])(?:\.env(?:\..+)?|\.npmrc|\.pypirc|\.netrc|\.git-credentials|\.pgpass|\.vault-token|\.docker\/config\.json|\.kube\/config|kubeconfig|gha-creds-[^/]+\.json|id_(?:rsa|dsa|ecdsa|ed25519)|credentials(?:\.json)?)$/i
const KEY = /\.(?:pem|key|p12|pfx|jks|ppk|keystore|kubeconfig)$/i
/** Written to be read: nobody keeps a secret in them. */
const EXAMPLE = /\.(?:example|sample|template|dist)$/i
/** Packages bring certificates and test keys of their own. */
const PACKAGES = /(?:^|[/ ])(?:node_modules|vendor|site-packages|\.yarn|\.pnpm-store)\//

interface Tree {
  readonly source: SourceFacts | undefined
  /** What is sent that is not in the commit; undefined where nothing is built, or nobody wants to know. */
  readonly sent: Unversioned | undefined
}

export function wantsClean({ promote, policy, digest }: ReleaseRequest): boolean {
  return promote !== 'none' && policy !== 'off' && digest === undefined
}

export function policyReasons(
  request: ReleaseRequest,
  { source, sent }: Tree,
  { reporter }: Pick<Ports, 'reporter'>,
): Reason[] {
  if (!wantsClean(request)) return []
  const files = sent?.files ?? []
  const credentials = secrets(files)
  const reasons = [...dirty(source), ...credentials]
  const warn = (text: string): void => reporter.emit({ type: 'warning', text })
  if (files.length > 0 && credentials.length === 0) {
    warn(`${String(files.length)} files that are not in the commit are in the build context: ${some(files)}`)
  }
  if (sent?.gitCredentials) {
    warn(
      'the .git folder is in the build context, with the token that actions/checkout keeps in it: list .git in .dockerignore, or give actions/checkout the line  persist-credentials: false',
    )
  }
  if (request.policy === 'enforce') return reasons
  for (const reason of reasons) warn(`${reason.what} (policy: warn)`)
  return []
}

function dirty(source: SourceFacts | undefined): Reason[] {
  if (!source || source.dirty.length === 0) return []
  const count = `${String(source.dirty.length)} tracked files differ from ${shortRevision(source.revision)}`
  return [{ code: 'dirty-tree', what: `${count}: ${some(source.dirty)}` }]
}

function secrets(files: readonly string[]): Reason[] {
  const found = files.filter(isCredential)
  if (found.length === 0) return []
  return [{ code: 'secret-in-context', what: `not in the commit, but in the build context: ${some(found)}` }]
}

function isCredential(file: string): boolean {
  if (EXAMPLE.test(file)) return false
  return CREDENTIAL.test(file) || (KEY.test(file) && !PACKAGES.test(file))
}

function some(files: readonly string[]): string {
  return files.slice(0, 5).join(', ')
}

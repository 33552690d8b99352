import type { Input, Kind } from '../../inputs/types.ts'
import { RELEASE } from '../../inputs/types.ts'

/** Build inputs: names and parsing of docker/build-push-action. */
export const BUILD_INPUTS = [
  build('context', 'text', 'app', 'Build context: a folder of the checkout, or a Git URL with a commit.', {
    default: '.',
  }),
  build('file', 'text', 'app/Dockerfile', 'Path of the Dockerfile.', { otherwise: '`Dockerfile` in the context' }),
  build('target', 'text', 'runtime', 'Stage of the Dockerfile to build.'),
  build('platforms', 'list', 'linux/amd64,linux/arm64', 'Platforms to build for.', { otherwise: 'the builder’s own' }),
  build('build-args', 'lines', 'NODE_VERSION=24', 'Build-time variables, one `NAME=value` a line.'),
  build('build-contexts', 'lines', 'assets=../assets', 'More named contexts, one `name=path` a line.'),
  build(
    'secrets',
    'secret-lines',
    'npm=${{ secrets.NPM_TOKEN }}',
    'Build secrets, one `id=value` a line; quote values of several lines.',
    { file: false },
  ),
  build('secret-envs', 'list', 'npm=NPM_TOKEN', 'Build secrets from the environment, `id=VARIABLE`.'),
  build('secret-files', 'lines', 'npmrc=./.npmrc', 'Build secrets from files, `id=path`.'),
  build('ssh', 'list', 'default', 'SSH agent sockets or keys for the build.'),
  build('cache-from', 'lines', 'type=gha', 'Sources of the build cache.'),
  build('cache-to', 'lines', 'type=gha,mode=max', 'Where the build cache goes.'),
  build('no-cache', 'boolean', 'true', 'Build without the cache.', { default: 'false' }),
  build('no-cache-filters', 'list', 'deps', 'Stages to build without the cache.'),
  build('pull', 'boolean', 'true', 'Always ask the registry for newer base images.', { default: 'false' }),
  build('labels', 'lines', 'com.example.team=shop', 'More labels for the image; docker/metadata-action’s output fits.'),
  build(
    'annotations',
    'lines',
    'manifest:com.example.team=shop',
    'Annotations for the image; docker/metadata-action’s output fits.',
  ),
  build('provenance', 'text', 'mode=max', 'Provenance attestation: a boolean or buildx’s options.'),
  build('sbom', 'text', 'true', 'SBOM attestation: a boolean or buildx’s options.'),
  build('attests', 'lines', 'type=sbom,generator=…', 'Attestations in buildx’s full form.'),
  build('builder', 'text', 'builder-1', 'Buildx builder to use.', { otherwise: 'the current one' }),
  build('network', 'text', 'host', 'Network of RUN steps.'),
  build('add-hosts', 'list', 'db:10.0.0.5', 'More lines for /etc/hosts while building.'),
  build('shm-size', 'text', '2g', 'Size of /dev/shm while building.'),
  build('ulimit', 'lines', 'nofile=1024:4096', 'Limits while building.'),
  build('allow', 'list', 'network.host', 'Entitlements for the build.'),
] as const

function build<const Name extends string, const K extends Kind>(
  name: Name,
  kind: K,
  example: string,
  about: string,
  more: { readonly default?: string; readonly otherwise?: string; readonly file?: false } = {},
): Row<Name, K> {
  return { name, kind, group: 'build', commands: RELEASE, example, about, ...more }
}

type Row<Name extends string, K extends Kind> = Omit<Input, 'name' | 'kind'> & { readonly name: Name; readonly kind: K }

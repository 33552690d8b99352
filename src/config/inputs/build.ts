import type { Input, Kind } from '../../inputs/types.ts'
import { RELEASE } from '../../inputs/types.ts'

/** Build inputs: names and parsing of docker/build-push-action. */
export const BUILD_INPUTS = [
  build('context', 'text', {
    example: 'app',
    about: 'Build context: a folder of the checkout, or a Git URL with a commit.',
    default: '.',
  }),
  build('file', 'text', {
    example: 'app/Dockerfile',
    about: 'Path of the Dockerfile.',
    otherwise: '`Dockerfile` in the context',
  }),
  build('target', 'text', { example: 'runtime', about: 'Stage of the Dockerfile to build.' }),
  build('platforms', 'list', {
    example: 'linux/amd64,linux/arm64',
    about: 'Platforms to build for.',
    otherwise: 'the builder’s own',
  }),
  build('build-args', 'lines', { example: 'NODE_VERSION=24', about: 'Build-time variables, one `NAME=value` a line.' }),
  build('build-contexts', 'lines', {
    example: 'assets=../assets',
    about: 'More named contexts, one `name=path` a line.',
  }),
  build('secrets', 'secret-lines', {
    example: 'npm=${{ secrets.NPM_TOKEN }}',
    about: 'Build secrets, one `id=value` a line; quote values of several lines.',
    file: false,
  }),
  build('secret-envs', 'list', {
    example: 'npm=NPM_TOKEN',
    about: 'Build secrets from the environment, `id=VARIABLE`.',
  }),
  build('secret-files', 'lines', { example: 'npmrc=./.npmrc', about: 'Build secrets from files, `id=path`.' }),
  build('ssh', 'list', { example: 'default', about: 'SSH agent sockets or keys for the build.' }),
  build('cache-from', 'lines', { example: 'type=gha', about: 'Sources of the build cache.' }),
  build('cache-to', 'lines', { example: 'type=gha,mode=max', about: 'Where the build cache goes.' }),
  build('no-cache', 'boolean', { example: 'true', about: 'Build without the cache.', default: 'false' }),
  build('no-cache-filters', 'list', { example: 'deps', about: 'Stages to build without the cache.' }),
  build('pull', 'boolean', {
    example: 'true',
    about: 'Always ask the registry for newer base images.',
    default: 'false',
  }),
  build('labels', 'lines', {
    example: 'com.example.team=shop',
    about: 'More labels for the image; docker/metadata-action’s output fits.',
  }),
  build('annotations', 'lines', {
    example: 'manifest:com.example.team=shop',
    about: 'Annotations for the image; docker/metadata-action’s output fits.',
  }),
  build('provenance', 'text', { example: 'mode=max', about: 'Provenance attestation: a boolean or buildx’s options.' }),
  build('sbom', 'text', { example: 'true', about: 'SBOM attestation: a boolean or buildx’s options.' }),
  build('attests', 'lines', { example: 'type=sbom,generator=…', about: 'Attestations in buildx’s full form.' }),
  build('builder', 'text', { example: 'builder-1', about: 'Buildx builder to use.', otherwise: 'the current one' }),
  build('network', 'text', { example: 'host', about: 'Network of RUN steps.' }),
  build('add-hosts', 'list', { example: 'db:10.0.0.5', about: 'More lines for /etc/hosts while building.' }),
  build('shm-size', 'text', { example: '2g', about: 'Size of /dev/shm while building.' }),
  build('ulimit', 'lines', { example: 'nofile=1024:4096', about: 'Limits while building.' }),
  build('allow', 'list', { example: 'network.host', about: 'Entitlements for the build.' }),
] as const

function build<const Name extends string, const K extends Kind>(
  name: Name,
  kind: K,
  row: Pick<Input, 'example' | 'about' | 'default' | 'otherwise' | 'file'>,
): Row<Name, K> {
  return { name, kind, group: 'build', commands: RELEASE, ...row }
}

type Row<Name extends string, K extends Kind> = Omit<Input, 'name' | 'kind'> & { readonly name: Name; readonly kind: K }

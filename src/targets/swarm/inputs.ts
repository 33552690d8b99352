import type { Input } from '../../inputs/types.ts'
import { TARGETED } from '../../inputs/types.ts'

export const SWARM_INPUTS = [
  {
    name: 'docker-host',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    example: 'ssh://deploy@swarm.example.com',
    about:
      'Endpoint of the Swarm manager (`unix://`, `tcp://`, `ssh://`). Build and smoke stay on the runner’s engine.',
    unreviewed: false,
  },
  {
    name: 'docker-context',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    example: 'production',
    about: 'Docker context of the Swarm manager, instead of `docker-host`.',
    unreviewed: false,
  },
  {
    name: 'docker-cert-path',
    kind: 'text',
    group: 'where',
    commands: TARGETED,
    example: '${{ runner.temp }}/certs',
    about: 'Folder with `ca.pem`, `cert.pem` and `key.pem` for a `tcp://` endpoint with TLS.',
    unreviewed: false,
  },
] as const satisfies readonly Input[]

/** Docker Hub has more than one name: the host of its API, what people write, and the key of its login. */

export const DOCKER_HUB = 'registry-1.docker.io'
/** The key of Docker Hub in the stores of credentials. */
export const DOCKER_HUB_LOGIN = 'https://index.docker.io/v1/'

const ALIASES: ReadonlySet<string> = new Set([DOCKER_HUB, 'docker.io', 'index.docker.io'])

export function isDockerHub(host: string): boolean {
  return ALIASES.has(host)
}

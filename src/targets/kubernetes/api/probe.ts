import * as v from 'valibot'

const place = v.union([v.string(), v.number()])
const ProbeSchema = v.object({
  httpGet: v.nullish(v.object({ path: v.nullish(v.string()), port: place, scheme: v.nullish(v.string()) })),
  tcpSocket: v.nullish(v.object({ port: place })),
  exec: v.nullish(v.object({ command: v.nullish(v.array(v.string())) })),
  grpc: v.nullish(v.object({ port: place, service: v.nullish(v.string()) })),
})

/** `GET :8080/healthz`, `tcp :5432`, `exec /bin/check`, `grpc :9000`. */
export function describeProbe(probe: unknown): string {
  const parsed = v.safeParse(ProbeSchema, probe)
  if (!parsed.success) return '(unknown form)'
  const { httpGet, tcpSocket, exec, grpc } = parsed.output
  if (httpGet)
    return `${httpGet.scheme === 'HTTPS' ? 'GET https' : 'GET'} :${String(httpGet.port)}${httpGet.path ?? '/'}`
  if (tcpSocket) return `tcp :${String(tcpSocket.port)}`
  if (exec) return `exec ${(exec.command ?? []).join(' ')}`.slice(0, 200)
  if (grpc) return `grpc :${String(grpc.port)}${grpc.service ? `/${grpc.service}` : ''}`
  return '(unknown form)'
}

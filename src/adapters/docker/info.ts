import type { EngineApi, EngineInfo } from '../../ports.ts'
import { Info, read, refused } from './answers.ts'

const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  armv7l: 'arm/v7',
  armv6l: 'arm/v6',
  i686: '386',
}

export async function engineInfo(api: EngineApi): Promise<EngineInfo> {
  const answer = await api.request('GET', '/info')
  if (answer.status !== 200) throw refused(answer, 'asking the engine about itself')
  const info = read(Info, answer, 'asking the engine about itself')
  return {
    platform: `${info.OSType}/${ARCHITECTURES[info.Architecture] ?? info.Architecture}`,
    containerdStore: (info.DriverStatus ?? []).some(([, value]) => value === 'io.containerd.snapshotter.v1'),
  }
}

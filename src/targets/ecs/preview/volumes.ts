/** Volumes that outlive a task: a preview must not write where production's data is. Pure. */
import * as v from 'valibot'
import type { Definition } from '../definition.ts'

const VolumeSchema = v.looseObject({
  name: v.string(),
  host: v.optional(v.looseObject({ sourcePath: v.optional(v.string()) })),
  dockerVolumeConfiguration: v.optional(v.looseObject({ scope: v.optional(v.string()) })),
  efsVolumeConfiguration: v.optional(v.looseObject({})),
  fsxWindowsFileServerVolumeConfiguration: v.optional(v.looseObject({})),
  s3filesVolumeConfiguration: v.optional(v.looseObject({})),
})
const MountSchema = v.looseObject({ sourceVolume: v.optional(v.string()), readOnly: v.optional(v.boolean()) })

type Volume = v.InferOutput<typeof VolumeSchema>

/** One text for each volume that a container may write to and that is not the preview's own. */
export function sharedVolumes({ volumes, containerDefinitions }: Definition): string[] {
  const known = listOf(volumes).flatMap((volume) => {
    const parsed = v.safeParse(VolumeSchema, volume)
    return parsed.success ? [parsed.output] : []
  })
  return known.flatMap((volume) => {
    const kind = kindOf(volume)
    if (kind === undefined || /\$\{(?:number|name)\}/.test(JSON.stringify(volume))) return []
    const writers = containerDefinitions.filter(({ mountPoints }) => listOf(mountPoints).some(isWriting(volume)))
    const names = writers.map(({ name }) => name).join(', ')
    return writers.length === 0 ? [] : [`the volume ${volume.name} is ${kind}, and ${names} may write to it`]
  })
}

function isWriting({ name }: Volume): (mount: unknown) => boolean {
  return (mount) => {
    const parsed = v.safeParse(MountSchema, mount)
    return parsed.success && parsed.output.sourceVolume === name && parsed.output.readOnly !== true
  }
}

/** undefined: it ends with the task. */
function kindOf(volume: Volume): string | undefined {
  if (volume.host?.sourcePath !== undefined) return 'a folder of the host'
  if (volume.dockerVolumeConfiguration?.scope === 'shared') return 'a Docker volume that outlives its tasks'
  const isFileSystem =
    volume.efsVolumeConfiguration ?? volume.fsxWindowsFileServerVolumeConfiguration ?? volume.s3filesVolumeConfiguration
  return isFileSystem ? 'a file system that others use' : undefined
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

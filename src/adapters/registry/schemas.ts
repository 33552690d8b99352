import * as v from 'valibot'

/** Shapes of what registries, token servers, helpers and config files say. Unknown fields pass. */

export const Manifest = v.looseObject({
  schemaVersion: v.optional(v.number()),
  mediaType: v.optional(v.string()),
  config: v.optional(v.looseObject({ digest: v.string(), mediaType: v.optional(v.string()) })),
  manifests: v.optional(
    v.array(
      v.looseObject({
        digest: v.string(),
        mediaType: v.optional(v.string()),
        artifactType: v.optional(v.string()),
        platform: v.optional(
          v.looseObject({
            os: v.optional(v.string(), ''),
            architecture: v.optional(v.string(), ''),
            variant: v.optional(v.string()),
          }),
        ),
        annotations: v.nullish(v.record(v.string(), v.string())),
      }),
    ),
  ),
})
export type Manifest = v.InferOutput<typeof Manifest>
export type Child = NonNullable<Manifest['manifests']>[number]

export const ImageConfig = v.looseObject({
  os: v.optional(v.string(), ''),
  architecture: v.optional(v.string(), ''),
  variant: v.nullish(v.string()),
  rootfs: v.nullish(v.looseObject({ diff_ids: v.nullish(v.array(v.string())) })),
  config: v.nullish(v.looseObject({ Labels: v.nullish(v.record(v.string(), v.string())) })),
})

export const ErrorBody = v.looseObject({
  errors: v.array(v.looseObject({ code: v.nullish(v.string(), ''), message: v.nullish(v.string(), '') })),
})

export type ImageConfig = v.InferOutput<typeof ImageConfig>

export const TagList = v.looseObject({ tags: v.nullish(v.array(v.string())) })

export const Token = v.looseObject({
  token: v.nullish(v.string()),
  access_token: v.nullish(v.string()),
  expires_in: v.fallback(v.nullish(v.number()), undefined),
})

/** Payload of a distribution token; `access` lists what was granted. */
export const TokenClaims = v.looseObject({
  access: v.array(v.looseObject({ type: v.string(), name: v.string(), actions: v.nullish(v.array(v.string())) })),
})

export const AuthEntry = v.looseObject({
  auth: v.nullish(v.string()),
  username: v.nullish(v.string()),
  password: v.nullish(v.string()),
  identitytoken: v.nullish(v.string()),
  registrytoken: v.nullish(v.string()),
})
export type AuthEntry = v.InferOutput<typeof AuthEntry>

/** null means nothing to Docker, wherever it stands; an entry that cannot be read says nothing about the others. */
export const DockerConfig = v.looseObject({
  auths: tolerantRecord(AuthEntry),
  credHelpers: tolerantRecord(v.string()),
  credsStore: v.fallback(v.nullish(v.string()), undefined),
})
export type DockerConfig = v.InferOutput<typeof DockerConfig>

function tolerantRecord<Value extends v.GenericSchema>(value: Value) {
  return v.fallback(v.nullish(v.record(v.string(), v.fallback(v.nullish(value), undefined))), undefined)
}

export const HelperAnswer = v.looseObject({ Username: v.nullish(v.string(), ''), Secret: v.nullish(v.string(), '') })

/** The value of that shape, or undefined when the text is not JSON or has another shape. */
export function parseJson<Schema extends v.GenericSchema>(
  schema: Schema,
  text: Uint8Array | string,
): v.InferOutput<Schema> | undefined {
  try {
    const parsed = v.safeParse(schema, JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8')))
    return parsed.success ? parsed.output : undefined
  } catch {
    return undefined
  }
}

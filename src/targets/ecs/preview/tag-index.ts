/** The index of tags (Resource Groups Tagging API): which services carry a tag, a hundred a request. */
import * as v from 'valibot'
import type { Tag } from '../definition.ts'
import type { SignedClient } from './signed.ts'

export interface Tagged {
  readonly arn: string
  readonly tags: readonly Tag[]
}

export interface TagIndex {
  /** @throws DeployError target-denied, target-unreachable, cancelled */
  servicesWith(key: string): Promise<readonly Tagged[]>
  close(): void
}

const PageSchema = v.object({
  PaginationToken: v.optional(v.string(), ''),
  ResourceTagMappingList: v.array(
    v.object({
      ResourceARN: v.string(),
      Tags: v.optional(v.array(v.object({ Key: v.string(), Value: v.optional(v.string(), '') })), []),
    }),
  ),
})

export function createTagIndex(client: SignedClient): TagIndex {
  return {
    async servicesWith(key) {
      const found: Tagged[] = []
      let token = ''
      do {
        const body = JSON.stringify({
          ResourceTypeFilters: ['ecs:service'],
          TagFilters: [{ Key: key }],
          ResourcesPerPage: 100,
          ...(token === '' ? {} : { PaginationToken: token }),
        })
        const text = await client.post({
          service: 'tagging',
          action: 'tag:GetResources',
          body,
          headers: {
            'content-type': 'application/x-amz-json-1.1',
            'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources',
          },
        })
        const page = v.parse(PageSchema, JSON.parse(text))
        token = page.PaginationToken
        for (const { ResourceARN: arn, Tags } of page.ResourceTagMappingList) {
          found.push({ arn, tags: Tags.map(({ Key, Value }) => ({ key: Key, value: Value })) })
        }
      } while (token !== '')
      return found
    },
    close: () => client.close(),
  }
}

// What we read of Kubernetes' objects; everything else in them is passed over.
export * from './schema/answers.ts'
export * from './schema/pods.ts'
export * from './schema/records.ts'
export * from './schema/traffic.ts'
export * from './schema/workloads.ts'
export type { Condition } from './schema/parts.ts'

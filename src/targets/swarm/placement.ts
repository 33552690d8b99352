/** Which nodes can take a task by its placement: the constraints that a scheduler of a Swarm knows. Pure. */
import type { Node, ServiceSpec } from './schema.ts'

const CONSTRAINT = /^\s*([\w.-]+)\s*(==|!=)\s*(.+?)\s*$/

/** Nodes that are up, not drained, and match every constraint. */
export function nodesFor(spec: ServiceSpec, nodes: readonly Node[]): Node[] {
  const constraints = spec.TaskTemplate.Placement?.Constraints ?? []
  return nodes.filter((node) => {
    const isFree = node.Status?.State !== 'down' && node.Spec?.Availability !== 'drain'
    return isFree && constraints.every((constraint) => matches(node, constraint))
  })
}

function matches(node: Node, constraint: string): boolean {
  const [, key = '', operator, wanted = ''] = CONSTRAINT.exec(constraint) ?? []
  // What is not understood is for the engine to judge.
  if (operator === undefined) return true
  const value = valueOf(node, key)
  if (value === undefined) return true
  return (value.toLowerCase() === wanted.toLowerCase()) === (operator === '==')
}

/** undefined: this key cannot be judged here. */
function valueOf(node: Node, key: string): string | undefined {
  const { Spec: spec, Description: description } = node
  if (key.startsWith('node.labels.')) return spec?.Labels?.[key.slice('node.labels.'.length)] ?? ''
  if (key.startsWith('engine.labels.')) return description?.Engine?.Labels?.[key.slice('engine.labels.'.length)] ?? ''
  switch (key) {
    case 'node.id':
      return node.ID
    case 'node.hostname':
      return description?.Hostname ?? ''
    case 'node.role':
      return spec?.Role ?? ''
    case 'node.platform.os':
      return description?.Platform?.OS ?? ''
    case 'node.platform.arch':
      return description?.Platform?.Architecture ?? ''
    default:
      return undefined
  }
}

/** Target name → its code, loaded only when it is asked for. Adding a target: one folder, one line. */
export const TARGETS = {
  swarm: async () => (await import('./swarm/target.ts')).createSwarmTarget,
  kubernetes: async () => (await import('./kubernetes/target.ts')).createKubernetesTarget,
} as const

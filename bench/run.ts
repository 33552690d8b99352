// npm run bench [-- process release target history context github preview ecs kubernetes scale]: ratios against a floor that is measured beside us in the same run.
import { cpus, loadavg } from 'node:os'
import { table } from './measure.ts'
import { contextRows } from './rows-context.ts'
import { ecsRows } from './rows-ecs.ts'
import { githubRows } from './rows-github.ts'
import { historyRows } from './rows-history.ts'
import { kubernetesRows } from './rows-kubernetes.ts'
import { previewRows } from './rows-preview.ts'
import { processRows } from './rows-process.ts'
import { releaseRows } from './rows-release.ts'
import { scaleRows } from './rows-scale.ts'
import { targetRows } from './rows-target.ts'
import { world } from './world.ts'

const parts = {
  process: processRows,
  release: releaseRows,
  target: targetRows,
  history: historyRows,
  context: contextRows,
  github: githubRows,
  preview: previewRows,
  ecs: ecsRows,
  kubernetes: kubernetesRows,
  scale: scaleRows,
}
const wanted = process.argv.slice(2)
console.error(`${String(cpus().length)} processors, load ${loadavg()[0]?.toFixed(1) ?? '?'}, Node ${process.version}`)
const here = await world()
try {
  for (const [name, rows] of Object.entries(parts)) if (wanted.length === 0 || wanted.includes(name)) await rows(here)
} finally {
  await here.stop()
}
console.log(table())
process.exit(0)

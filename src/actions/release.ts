import { runRelease } from '../compose/run.ts'
import { main } from './main.ts'

await main('release', runRelease)

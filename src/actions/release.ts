import { runRelease } from '../wire/run.ts'
import { main } from './main.ts'

await main('release', runRelease)

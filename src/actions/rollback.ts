import { runRollback } from '../compose/run.ts'
import { main } from './main.ts'

await main('rollback', runRollback)

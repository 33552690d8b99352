import { runRollback } from '../wire/run.ts'
import { main } from './main.ts'

await main('rollback', runRollback)

import { kubernetesStage } from './preview-stages.ts'
import { previewStops } from './preview-stops.ts'

previewStops(['docker', 'registry', 'kubernetes'], kubernetesStage)

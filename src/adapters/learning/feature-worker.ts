import { workerData } from 'node:worker_threads'
import { type FeatureThreadStart, FeatureWork } from './feature-work.ts'

const work = new FeatureWork(workerData as FeatureThreadStart)
work.names()
work.wait()
work.bars()

/**
 * Every place around a durable step of the journal, roughly in the order a session and its
 * resumption meet them. A test passes a hook that ends the process at one of them; in production
 * the
 * hook does nothing.
 */
export const crashPoints = [
  'lock.before',
  'lock.after',
  'create.before',
  'create.genesis',
  'create.rename',
  'create.after',
  'segment.create.before',
  'segment.create.rename',
  'segment.create.after',
  'segment.write.before',
  'segment.write.after',
  'segment.sync.before',
  'segment.sync.after',
  'segment.seal.before',
  'segment.seal.after',
  'commit.before',
  'commit.inside',
  'commit.after',
  'head.before',
  'head.after',
  'restore.before',
  'restore.after',
  'truncate.before',
  'truncate.after',
  'close.before',
  'close.after',
] as const

/** Name of one of {@link crashPoints}. */
export type CrashPoint = (typeof crashPoints)[number]

/** Called at each crash point. */
export type CrashHook = (point: CrashPoint) => void

/** The hook of production: nothing happens. */
export const noCrash: CrashHook = () => {}

// Types only: what the server says, from the server's own contract. Nothing of it is bundled.
export type * from '../../../src/app/server/fleet-view.ts'
export type * from '../../../src/app/server/protocol.ts'
export type * from '../../../src/app/server/views.ts'
